module attributes {weft.family = "llama", weft.vocabulary = 3 : i64, weft.context = 5 : i64, weft.weight_count = 6 : i64, weft.config = {heads = 1 : i64, rope_theta = 1.0e4 : f64}} {
  weft.parameter @table : tensor<3x4xf32> = dense<1.0> : tensor<3x4xf32>
  weft.parameter @up : tensor<8x4xf16> from [#weft.source<tensor = "up", file = "m", offset = 0, type = tensor<8x4xf32>>]
  weft.parameter @down : tensor<4x8xf32, #weft.block<bits = 8, size = 4, scale = f16>> from [#weft.source<tensor = "down", file = "m", offset = 8, type = tensor<4x8xf32>>]
  weft.parameter @norm : tensor<4xf32> = dense<1.0> : tensor<4xf32>
  weft.parameter @frequencies : tensor<2xf32> = dense<[1.0, 0.01]> : tensor<2xf32>
  weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
  func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x3xf32> {
    %table = weft.weight @table : tensor<3x4xf32>
    %up = weft.weight @up : tensor<8x4xf16>
    %down = weft.weight @down : tensor<4x8xf32, #weft.block<bits = 8, size = 4, scale = f16>>
    %norm = weft.weight @norm : tensor<4xf32>
    %f = weft.weight @frequencies : tensor<2xf32>
    %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
    %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<3x4xf32>) -> tensor<?x4xf32>
    %n = weft.rms_norm %x, %norm epsilon 1.0e-5 : tensor<?x4xf32>, tensor<4xf32>
    %t = weft.rope_table %positions, %f : (tensor<?xi32>, tensor<2xf32>) -> tensor<?x4xf32>
    %q = weft.rope %n by %t heads 1 halves : tensor<?x4xf32>, tensor<?x4xf32>
    %new = weft.append %q, %n to %kv at %positions, %sequences : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>, tensor<?xi32>, tensor<?xi32>
    %a = weft.attend %q in %new at %positions, %sequences heads 1 scale 0.5 : tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>, tensor<?xi32>, tensor<?xi32>
    %s = weft.add %x, %a : tensor<?x4xf32>, tensor<?x4xf32>
    %u = weft.linear %s, %up : (tensor<?x4xf32>, tensor<8x4xf16>) -> tensor<?x8xf32>
    %g = weft.silu %u : tensor<?x8xf32>
    %m = weft.mul %g, %u : tensor<?x8xf32>, tensor<?x8xf32>
    %d = weft.linear %m, %down : (tensor<?x8xf32>, tensor<4x8xf32, #weft.block<bits = 8, size = 4, scale = f16>>) -> tensor<?x4xf32>
    %y = weft.add %s, %d : tensor<?x4xf32>, tensor<?x4xf32>
    %r = weft.take_rows %y at %rows : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    %l = weft.linear %r, %table : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
    return %l : tensor<?x3xf32>
  }
}
