weft.parameter @w : tensor<16x8xf16, #weft.tiled<rows = 16, depth = 2>> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<16x8xf32>, transposed = true, check = <size = 512, header = 7, hash = 9>>]
func.func private @row(%x: tensor<?x8xf32>, %n: tensor<8xf32>) -> tensor<?x8xf32> attributes {weft.kernel, weft.role = #weft.role<row>} {
  %0 = weft.layer_norm %x, %n, %n epsilon 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
  %1 = weft.gelu %0 : tensor<?x8xf32>
  return %1 : tensor<?x8xf32>
}
weft.parameter @n : tensor<8xf32> = dense<1.0> : tensor<8xf32>
func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x4xf32> {
  %w = weft.weight @w : tensor<16x8xf16, #weft.tiled<rows = 16, depth = 2>>
  %n = weft.weight @n : tensor<8xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<16x8xf16, #weft.tiled<rows = 16, depth = 2>>) -> tensor<?x8xf32>
  %d = weft.dispatch @row(%x, %n) {at = [#weft.size<constant = 64>], barrier, size = [#weft.size<tokens = 32, rows = 4>]} : (tensor<?x8xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %i = weft.quantize %d : tensor<?x8xf32> -> tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>
  %o = weft.take_rows %d at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %c = weft.columns %o from 4 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return %c : tensor<?x4xf32>
}
