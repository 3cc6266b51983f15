// RUN: weft-opt %s --weft-quantize-weights | FileCheck %s
// RUN: weft-opt %s --weft-quantize-weights='format=q4 scale=bf16' | FileCheck %s --check-prefix=Q4
// RUN: weft-opt %s --weft-quantize-weights='format=q4s' | FileCheck %s --check-prefix=Q4S

// A table of tokens, also where its rows are products' weights (tied embeddings).
// CHECK: @embedding : tensor<48x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>
// Q4: @embedding : tensor<48x40xf32, #weft.block<bits = 8, size = 32, scale = bf16>>
// Q4S: @embedding : tensor<48x40xf32, #weft.block<bits = 4, size = 32, scale = f8E4M3B11FNUZ, levels = [-127, {{.*}}, 104]>>
weft.parameter @embedding : tensor<48x40xf32> from [#weft.source<tensor = "e", file = "m", offset = 0, type = tensor<48x40xf32>>]
// The checkpoint's type does not matter.
// Q4: @half : tensor<40x40xf32, #weft.block<bits = 4, size = 32, scale = bf16, levels = [-127, {{.*}}, 104]>>
// Q4S: @half : tensor<40x40xf32, #weft.block<bits = 4, size = 32, scale = f8E4M3B11FNUZ, levels
// CHECK: @half : tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>> from [{{.*}} type = tensor<40x40xbf16>>]
weft.parameter @half : tensor<40x40xbf16> from [#weft.source<tensor = "h", file = "m", offset = 0, type = tensor<40x40xbf16>>]
// Stay: positions, a matrix in blocks, a vector, a matrix that an op of another kind reads,
// one that nothing reads.
// CHECK: @positions : tensor<99x40xf32> from
weft.parameter @positions : tensor<99x40xf32> from [#weft.source<tensor = "p", file = "m", offset = 0, type = tensor<99x40xf32>>]
// Q4: @blocks : tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>> from
weft.parameter @blocks : tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>> from [#weft.source<tensor = "b", file = "m", offset = 0, type = tensor<40x40xf32>>]
// CHECK: @bias : tensor<40xf32> from
weft.parameter @bias : tensor<40xf32> from [#weft.source<tensor = "v", file = "m", offset = 0, type = tensor<40xf32>>]
// CHECK: @added : tensor<40x40xf32> from
weft.parameter @added : tensor<40x40xf32> from [#weft.source<tensor = "a", file = "m", offset = 0, type = tensor<40x40xf32>>]
// CHECK: @unread : tensor<40x40xf32> from
weft.parameter @unread : tensor<40x40xf32> from [#weft.source<tensor = "u", file = "m", offset = 0, type = tensor<40x40xf32>>]
weft.state @kv : !weft.kv<heads = 4, head_dim = 10, element = f32>

// CHECK-LABEL: @forward
func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> (tensor<?x48xf32>, tensor<40x40xf32>) {
  // CHECK: weft.weight @embedding : tensor<48x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>
  %embedding = weft.weight @embedding : tensor<48x40xf32>
  %table = weft.weight @positions : tensor<99x40xf32>
  %half = weft.weight @half : tensor<40x40xbf16>
  %blocks = weft.weight @blocks : tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>
  %bias = weft.weight @bias : tensor<40xf32>
  %added = weft.weight @added : tensor<40x40xf32>
  %0 = weft.embed %tokens in %embedding : (tensor<?xi32>, tensor<48x40xf32>) -> tensor<?x40xf32>
  %1 = weft.embed %positions in %table : (tensor<?xi32>, tensor<99x40xf32>) -> tensor<?x40xf32>
  %2 = weft.add %0, %1 : tensor<?x40xf32>, tensor<?x40xf32>
  // CHECK: weft.linear {{.*}} : (tensor<?x40xf32>, tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>) -> tensor<?x40xf32>
  %3 = weft.linear %2, %half : (tensor<?x40xf32>, tensor<40x40xbf16>) -> tensor<?x40xf32>
  %4 = weft.linear %3, %blocks : (tensor<?x40xf32>, tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>) -> tensor<?x40xf32>
  %5 = weft.add %4, %bias : tensor<?x40xf32>, tensor<40xf32>
  %6 = weft.recall @kv : !weft.kv<heads = 4, head_dim = 10, element = f32>
  %7 = weft.append %5, %5 to %6 at %positions, %sequences : tensor<?x40xf32>, tensor<?x40xf32>, !weft.kv<heads = 4, head_dim = 10, element = f32>, tensor<?xi32>, tensor<?xi32>
  %8 = weft.attend %5 in %7 at %positions, %sequences heads 4 scale 1.0 : tensor<?x40xf32>, !weft.kv<heads = 4, head_dim = 10, element = f32>, tensor<?xi32>, tensor<?xi32>
  %9 = weft.linear %8, %embedding : (tensor<?x40xf32>, tensor<48x40xf32>) -> tensor<?x48xf32>
  %10 = weft.add %added, %added : tensor<40x40xf32>, tensor<40x40xf32>
  return %9, %10 : tensor<?x48xf32>, tensor<40x40xf32>
}
