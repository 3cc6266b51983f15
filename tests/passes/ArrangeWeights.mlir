// RUN: weft-opt %s --weft-arrange-weights --split-input-file | FileCheck %s
// RUN: weft-opt %s --weft-arrange-weights='rows=8 block-depth=2 dense-depth=4' --split-input-file | FileCheck %s --check-prefix=OTHER

// One kernel of two parameters that are stored alike stays one. A tied table is tiled too;
// a table alone and a vector are not.
// CHECK: @a : tensor<24x40xf16, #weft.tiled<rows = 16, depth = 1>>
// OTHER: @a : tensor<24x40xf16, #weft.tiled<rows = 8, depth = 4>>
weft.parameter @a : tensor<24x40xf16> from [#weft.source<tensor = "a", file = "m", offset = 0, type = tensor<24x40xf16>>]
// CHECK: @b : tensor<24x40xf16, #weft.tiled<rows = 16, depth = 1>>
weft.parameter @b : tensor<24x40xf16> from [#weft.source<tensor = "b", file = "m", offset = 0, type = tensor<24x40xf16>>]
// CHECK: @tied : tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16, tiled = <rows = 16, depth = 4>>>
// OTHER: @tied : tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16, tiled = <rows = 8, depth = 2>>>
weft.parameter @tied : tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16>> from [#weft.source<tensor = "t", file = "m", offset = 0, type = tensor<50x40xf32>>]
// CHECK: @table : tensor<50x40xf32> from
weft.parameter @table : tensor<50x40xf32> from [#weft.source<tensor = "t", file = "m", offset = 0, type = tensor<50x40xf32>>]
// CHECK: @norm : tensor<40xf32> from
weft.parameter @norm : tensor<40xf32> from [#weft.source<tensor = "n", file = "m", offset = 0, type = tensor<40xf32>>]
// CHECK-LABEL: @forward
func.func @forward(%ids: tensor<?xi32>) -> (tensor<?x24xf32>, tensor<?x24xf32>, tensor<?x50xf32>) {
  %a = weft.weight @a : tensor<24x40xf16>
  %b = weft.weight @b : tensor<24x40xf16>
  // CHECK: weft.weight @tied : tensor<50x40xf32, #weft.block<{{.*}}tiled = <rows = 16, depth = 4>>>
  %tied = weft.weight @tied : tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>
  %table = weft.weight @table : tensor<50x40xf32>
  %norm = weft.weight @norm : tensor<40xf32>
  %0 = weft.dispatch @embed(%ids, %tied, %table, %norm) : (tensor<?xi32>, tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>, tensor<50x40xf32>, tensor<40xf32>) -> tensor<?x40xf32>
  // CHECK: weft.dispatch @linear(
  %1 = weft.dispatch @linear(%0, %a) : (tensor<?x40xf32>, tensor<24x40xf16>) -> tensor<?x24xf32>
  // CHECK: weft.dispatch @linear(
  %2 = weft.dispatch @linear(%0, %b) : (tensor<?x40xf32>, tensor<24x40xf16>) -> tensor<?x24xf32>
  %3 = weft.linear %0, %tied : (tensor<?x40xf32>, tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>) -> tensor<?x50xf32>
  return %1, %2, %3 : tensor<?x24xf32>, tensor<?x24xf32>, tensor<?x50xf32>
}
// CHECK: @embed({{.*}}: tensor<?xi32>, {{.*}}: tensor<50x40xf32, #weft.block<{{.*}}tiled = <rows = 16, depth = 4>>>, {{.*}}: tensor<50x40xf32>, {{.*}}: tensor<40xf32>)
func.func private @embed(%ids: tensor<?xi32>, %tied: tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>, %table: tensor<50x40xf32>, %norm: tensor<40xf32>) -> tensor<?x40xf32> attributes {weft.kernel} {
  %0 = weft.embed %ids in %tied : (tensor<?xi32>, tensor<50x40xf32, #weft.block<bits = 8, size = 32, scale = f16>>) -> tensor<?x40xf32>
  %1 = weft.embed %ids in %table : (tensor<?xi32>, tensor<50x40xf32>) -> tensor<?x40xf32>
  %2 = weft.add %0, %1 : tensor<?x40xf32>, tensor<?x40xf32>
  %3 = weft.rms_norm %2, %norm epsilon 1.0e-5 : tensor<?x40xf32>, tensor<40xf32>
  return %3 : tensor<?x40xf32>
}
// CHECK: @linear({{.*}}: tensor<?x40xf32>, {{.*}}: tensor<24x40xf16, #weft.tiled<rows = 16, depth = 1>>)
// CHECK-NOT: @linear_2
func.func private @linear(%x: tensor<?x40xf32>, %w: tensor<24x40xf16>) -> tensor<?x24xf32> attributes {weft.kernel} {
  %0 = weft.linear %x, %w : (tensor<?x40xf32>, tensor<24x40xf16>) -> tensor<?x24xf32>
  return %0 : tensor<?x24xf32>
}

// -----

// Super-blocks are tiled for products, and for an embedding alone become tiles of one row.
// CHECK: @w : tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, tiled = <rows = 16, depth = 4>, super = 8, mins = true>>
weft.parameter @w : tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<24x256xf32>>]
// CHECK: @table : tensor<50x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, tiled = <rows = 1, depth = 4>, super = 16>>
weft.parameter @table : tensor<50x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>> from [#weft.source<tensor = "t", file = "m", offset = 0, type = tensor<50x256xf32>>]
// CHECK-LABEL: @super
func.func @super(%ids: tensor<?xi32>) -> tensor<?x24xf32> {
  %w = weft.weight @w : tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>>
  %table = weft.weight @table : tensor<50x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>>
  %0 = weft.embed %ids in %table : (tensor<?xi32>, tensor<50x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>>) -> tensor<?x256xf32>
  %1 = weft.linear %0, %w : (tensor<?x256xf32>, tensor<24x256xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>>) -> tensor<?x24xf32>
  return %1 : tensor<?x24xf32>
}

// -----

// @shared is added to rows elsewhere, so it cannot be tiled: two dispatches of one kernel
// come to differ.
weft.parameter @a : tensor<40x40xf32> from [#weft.source<tensor = "a", file = "m", offset = 0, type = tensor<40x40xf32>>]
// CHECK: @shared : tensor<40x40xf32> from
weft.parameter @shared : tensor<40x40xf32> from [#weft.source<tensor = "s", file = "m", offset = 0, type = tensor<40x40xf32>>]
// CHECK-LABEL: @split
func.func @split(%x: tensor<?x40xf32>) -> (tensor<?x40xf32>, tensor<?x40xf32>, tensor<40x40xf32>) {
  %a = weft.weight @a : tensor<40x40xf32>
  %shared = weft.weight @shared : tensor<40x40xf32>
  // CHECK: weft.dispatch @linear({{.*}}) : (tensor<?x40xf32>, tensor<40x40xf32, #weft.tiled<rows = 16, depth = 1>>)
  %0 = weft.dispatch @linear(%x, %a) : (tensor<?x40xf32>, tensor<40x40xf32>) -> tensor<?x40xf32>
  // CHECK: weft.dispatch @linear_2({{.*}}) : (tensor<?x40xf32>, tensor<40x40xf32>)
  %1 = weft.dispatch @linear(%x, %shared) : (tensor<?x40xf32>, tensor<40x40xf32>) -> tensor<?x40xf32>
  %2 = weft.silu %shared : tensor<40x40xf32>
  return %0, %1, %2 : tensor<?x40xf32>, tensor<?x40xf32>, tensor<40x40xf32>
}
// CHECK: @linear({{.*}}: tensor<?x40xf32>, {{.*}}: tensor<40x40xf32, #weft.tiled<rows = 16, depth = 1>>)
// CHECK: @linear_2({{.*}}: tensor<?x40xf32>, {{.*}}: tensor<40x40xf32>)
func.func private @linear(%x: tensor<?x40xf32>, %w: tensor<40x40xf32>) -> tensor<?x40xf32> attributes {weft.kernel} {
  %0 = weft.linear %x, %w : (tensor<?x40xf32>, tensor<40x40xf32>) -> tensor<?x40xf32>
  return %0 : tensor<?x40xf32>
}
