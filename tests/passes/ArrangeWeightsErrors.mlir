// RUN: weft-opt %s --weft-arrange-weights --verify-diagnostics

// expected-error @below {{has super-blocks, which only products and embeddings can read}}
weft.parameter @w : tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<24x256xf32>>]
func.func @forward() -> tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>> {
  %w = weft.weight @w : tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>>
  return %w : tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>>
}
