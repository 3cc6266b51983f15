#w = #weft.block<bits = 4, size = 8, scale = f16, bias = 8, tiled = <rows = 16, depth = 4>>
weft.state @kv : !weft.kv<heads = 2, head_dim = 64, element = f32, blocks = #weft.block<bits = 8, size = 32, scale = f16>>
weft.parameter @q : tensor<8x8xf32, #w> from [#weft.source<tensor = "q", file = "c", offset = 1, type = tensor<8x8xf32>>]
func.func @forward(%t: tensor<?xi32>, %p: tensor<?xi32>, %s: tensor<?xi32>, %r: tensor<?xi32> {weft.rows}) {
  return
}
