// RUN: weft-opt %s --weft-plan-memory --split-input-file | FileCheck %s

// Sizes are rounded up to 64 for each token; %2 takes the place of %0, whose last reader is
// %1's dispatch. The logits lie in the output. Every dispatch but the first waits.
// CHECK-LABEL: @chain
// CHECK-SAME: weft.arena = #weft.size<tokens = 128>
func.func @chain(%x: tensor<?x10xf32>) -> tensor<?x10xf32> {
  // CHECK: weft.dispatch @silu(%{{.*}}) {at = [#weft.size<>], size = [#weft.size<tokens = 64>]}
  // CHECK: weft.dispatch @silu(%{{.*}}) {at = [#weft.size<tokens = 64>], barrier, size = [#weft.size<tokens = 64>]}
  // CHECK: weft.dispatch @silu(%{{.*}}) {at = [#weft.size<>], barrier, size = [#weft.size<tokens = 64>]}
  // CHECK: weft.dispatch @silu(%{{.*}}) {at = [#weft.size<>], barrier, size = [#weft.size<>]}
  %0 = weft.dispatch @silu(%x) : (tensor<?x10xf32>) -> tensor<?x10xf32>
  %1 = weft.dispatch @silu(%0) : (tensor<?x10xf32>) -> tensor<?x10xf32>
  %2 = weft.dispatch @silu(%1) : (tensor<?x10xf32>) -> tensor<?x10xf32>
  %3 = weft.dispatch @silu(%2) : (tensor<?x10xf32>) -> tensor<?x10xf32>
  return %3 : tensor<?x10xf32>
}
func.func private @silu(%x: tensor<?x10xf32>) -> tensor<?x10xf32> attributes {weft.kernel} {
  %0 = weft.silu %x : tensor<?x10xf32>
  return %0 : tensor<?x10xf32>
}

// -----

// Three regions, one after the other: constants, tokens, rows. A value in blocks takes its
// codes, scales and sums: 2 blocks of 32 + 4 + 4 bytes, rounded up. Dispatches that do not
// depend on each other do not wait.
weft.parameter @w : tensor<3x40xf32> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<3x40xf32>>]
// CHECK-LABEL: @regions
// CHECK-SAME: weft.arena = #weft.size<constant = 512, tokens = 320, rows = 192>
func.func @regions(%x: tensor<?x40xf32>, %rows: tensor<?xi32> {weft.rows}) -> (tensor<?x40xf32>, tensor<3x40xf32>) {
  %w = weft.weight @w : tensor<3x40xf32>
  // CHECK: weft.dispatch @quantize(%{{.*}}) {at = [#weft.size<constant = 512, tokens = 192>], size = [#weft.size<tokens = 128>]}
  %0 = weft.dispatch @quantize(%x) : (tensor<?x40xf32>) -> tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>
  // CHECK: weft.dispatch @silu(%{{.*}}) {at = [#weft.size<>], size = [#weft.size<constant = 512>]}
  %1 = weft.dispatch @silu(%w) : (tensor<3x40xf32>) -> tensor<3x40xf32>
  // CHECK: weft.dispatch @linear(%{{.*}}) {at = [#weft.size<constant = 512>], barrier, size = [#weft.size<tokens = 192>]}
  %2 = weft.dispatch @linear(%0) : (tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>) -> tensor<?x40xf32>
  // CHECK: weft.dispatch @take(%{{.*}}) {at = [#weft.size<constant = 512, tokens = 320>], barrier, size = [#weft.size<rows = 192>]}
  %3 = weft.dispatch @take(%2, %rows) : (tensor<?x40xf32>, tensor<?xi32>) -> tensor<?x40xf32>
  // The constant was waited for already.
  // CHECK: weft.dispatch @silu(%{{.*}}) {at = [#weft.size<>], size = [#weft.size<>]}
  %4 = weft.dispatch @silu(%1) : (tensor<3x40xf32>) -> tensor<3x40xf32>
  // CHECK: weft.dispatch @gelu(%{{.*}}) {at = [#weft.size<>], barrier, size = [#weft.size<>]}
  %5 = weft.dispatch @gelu(%3) : (tensor<?x40xf32>) -> tensor<?x40xf32>
  return %5, %4 : tensor<?x40xf32>, tensor<3x40xf32>
}
func.func private @quantize(%x: tensor<?x40xf32>) -> tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>> attributes {weft.kernel} {
  %0 = weft.quantize %x : tensor<?x40xf32> -> tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>
  return %0 : tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>
}
func.func private @silu(%x: tensor<3x40xf32>) -> tensor<3x40xf32> attributes {weft.kernel} {
  %0 = weft.silu %x : tensor<3x40xf32>
  return %0 : tensor<3x40xf32>
}
weft.parameter @v : tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<40x40xf32>>]
func.func private @linear(%x: tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>) -> tensor<?x40xf32> attributes {weft.kernel} {
  %w = weft.weight @v : tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>
  %0 = weft.linear %x, %w : (tensor<?x40xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>, tensor<40x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>) -> tensor<?x40xf32>
  return %0 : tensor<?x40xf32>
}
func.func private @take(%x: tensor<?x40xf32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x40xf32> attributes {weft.kernel} {
  %0 = weft.take_rows %x at %rows : (tensor<?x40xf32>, tensor<?xi32>) -> tensor<?x40xf32>
  return %0 : tensor<?x40xf32>
}
func.func private @gelu(%x: tensor<?x40xf32> {weft.rows}) -> tensor<?x40xf32> attributes {weft.kernel} {
  %0 = weft.gelu %x : tensor<?x40xf32>
  return %0 : tensor<?x40xf32>
}

// -----

// States: a dispatch waits to read what was appended, and to append to what was read.
weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
weft.state @other : !weft.kv<heads = 1, head_dim = 4, element = f32>
// CHECK-LABEL: @states
func.func @states(%x: tensor<?x4xf32>, %p: tensor<?xi32>, %s: tensor<?xi32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
  %other = weft.recall @other : !weft.kv<heads = 1, head_dim = 4, element = f32>
  // CHECK: weft.dispatch @append(%{{.*}}) {at = [#weft.size<>], size = [#weft.size<>]}
  %0 = weft.dispatch @append(%x, %kv, %p, %s) : (tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>) -> !weft.kv<heads = 1, head_dim = 4, element = f32>
  // CHECK: weft.dispatch @attend(%{{.*}}) {at = [#weft.size<>], size = [#weft.size<>]}
  %1 = weft.dispatch @attend(%x, %other, %p, %s) : (tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  // CHECK: weft.dispatch @attend(%{{.*}}) {at = [#weft.size<>], barrier, size = [#weft.size<>]}
  %2 = weft.dispatch @attend(%x, %0, %p, %s) : (tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>) -> tensor<?x4xf32>
  // CHECK: weft.dispatch @append(%{{.*}}) {at = [#weft.size<>], barrier, size = [#weft.size<>]}
  %3 = weft.dispatch @append(%x, %0, %p, %s) : (tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>) -> !weft.kv<heads = 1, head_dim = 4, element = f32>
  return %1, %2 : tensor<?x4xf32>, tensor<?x4xf32>
}
func.func private @append(%x: tensor<?x4xf32>, %kv: !weft.kv<heads = 1, head_dim = 4, element = f32>, %p: tensor<?xi32>, %s: tensor<?xi32>) -> !weft.kv<heads = 1, head_dim = 4, element = f32> attributes {weft.kernel} {
  %0 = weft.append %x, %x to %kv at %p, %s : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %0 : !weft.kv<heads = 1, head_dim = 4, element = f32>
}
func.func private @attend(%x: tensor<?x4xf32>, %kv: !weft.kv<heads = 1, head_dim = 4, element = f32>, %p: tensor<?xi32>, %s: tensor<?xi32>) -> tensor<?x4xf32> attributes {weft.kernel} {
  %0 = weft.attend %x in %kv at %p, %s heads 1 scale 1.0 : tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %0 : tensor<?x4xf32>
}
