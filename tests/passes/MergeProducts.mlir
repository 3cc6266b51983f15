// RUN: weft-opt %s --weft-merge-products --split-input-file -mlir-print-debuginfo -mlir-print-local-scope | FileCheck %s

// Query, key and value: one parameter of all sources, one product, three views.
// CHECK: weft.parameter @layers.0.attention.qkv : tensor<10x8xf32> from
// CHECK-SAME: tensor = "q"{{.*}}tensor = "k"{{.*}}tensor = "v1"{{.*}}tensor = "v2"
// CHECK-NOT: weft.parameter @layers.0
weft.parameter @layers.0.attention.q : tensor<4x8xf32> from [#weft.source<tensor = "q", file = "m", offset = 0, type = tensor<4x8xf32>>]
weft.parameter @layers.0.attention.k : tensor<2x8xf32> from [#weft.source<tensor = "k", file = "m", offset = 0, type = tensor<8x2xf32>, transposed = true>]
weft.parameter @layers.0.attention.v : tensor<4x8xf32> from [#weft.source<tensor = "v1", file = "m", offset = 0, type = tensor<2x8xf32>>, #weft.source<tensor = "v2", file = "m", offset = 0, type = tensor<2x8xf32>>]
// CHECK-LABEL: @qkv
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf32>
func.func @qkv(%x: tensor<?x8xf32>) -> (tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x4xf32>) {
  // CHECK: %[[W:.*]] = weft.weight @layers.0.attention.qkv : tensor<10x8xf32>
  // CHECK: %[[QKV:.*]] = weft.linear %[[X]], %[[W]] : {{.*}} loc(fused["layers.0/attention/qkv", "layers.0/attention/q", "layers.0/attention/k", "layers.0/attention/v"])
  // CHECK: %[[Q:.*]] = weft.columns %[[QKV]] from 0 : {{.*}} -> tensor<?x4xf32>
  // CHECK: %[[K:.*]] = weft.columns %[[QKV]] from 4 : {{.*}} -> tensor<?x2xf32>
  // CHECK: %[[V:.*]] = weft.columns %[[QKV]] from 6 : {{.*}} -> tensor<?x4xf32>
  // CHECK: %[[SILU:.*]] = weft.silu %[[Q]]
  // CHECK: return %[[SILU]], %[[K]], %[[V]]
  %qw = weft.weight @layers.0.attention.q : tensor<4x8xf32>
  %q = weft.linear %x, %qw : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32> loc("layers.0/attention/q")
  %qs = weft.silu %q : tensor<?x4xf32>
  %kw = weft.weight @layers.0.attention.k : tensor<2x8xf32>
  %k = weft.linear %x, %kw : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<?x2xf32> loc("layers.0/attention/k")
  %vw = weft.weight @layers.0.attention.v : tensor<4x8xf32>
  %v = weft.linear %x, %vw : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32> loc("layers.0/attention/v")
  return %qs, %k, %v : tensor<?x4xf32>, tensor<?x2xf32>, tensor<?x4xf32>
}

// -----

// Gate and up meet: they stay.
// CHECK: @gate
// CHECK: @up
weft.parameter @gate : tensor<4x8xf32> from [#weft.source<tensor = "g", file = "m", offset = 0, type = tensor<4x8xf32>>]
weft.parameter @up : tensor<4x8xf32> from [#weft.source<tensor = "u", file = "m", offset = 0, type = tensor<4x8xf32>>]
// CHECK-LABEL: @gated
func.func @gated(%x: tensor<?x8xf32>) -> tensor<?x4xf32> {
  // CHECK-COUNT-2: weft.linear
  // CHECK-NOT: weft.columns
  %gw = weft.weight @gate : tensor<4x8xf32>
  %g = weft.linear %x, %gw : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  %gs = weft.silu %g : tensor<?x4xf32>
  %uw = weft.weight @up : tensor<4x8xf32>
  %u = weft.linear %x, %uw : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  %0 = weft.mul %gs, %u : tensor<?x4xf32>, tensor<?x4xf32>
  return %0 : tensor<?x4xf32>
}

// -----

// Not alike: another storage, another input, a weight that is read twice, a value. What is
// left to merge is @alpha with @beta, whose names have more than one letter.
// CHECK: weft.parameter @layer.alpha_beta.weight : tensor<6x8xf32>
weft.parameter @layer.alpha.weight : tensor<4x8xf32> from [#weft.source<tensor = "a", file = "m", offset = 0, type = tensor<4x8xf32>>]
weft.parameter @half : tensor<4x8xf16> from [#weft.source<tensor = "h", file = "m", offset = 0, type = tensor<4x8xf16>>]
weft.parameter @twice : tensor<4x8xf32> from [#weft.source<tensor = "t", file = "m", offset = 0, type = tensor<4x8xf32>>]
weft.parameter @value : tensor<1x8xf32> = dense<1.0> : tensor<1x8xf32>
weft.parameter @other : tensor<4x8xf32> from [#weft.source<tensor = "o", file = "m", offset = 0, type = tensor<4x8xf32>>]
weft.parameter @layer.beta.weight : tensor<2x8xf32> from [#weft.source<tensor = "b", file = "m", offset = 0, type = tensor<2x8xf32>>]
// CHECK-LABEL: @unlike
func.func @unlike(%x: tensor<?x8xf32>, %y: tensor<?x8xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x1xf32>, tensor<?x4xf32>, tensor<?x2xf32>) {
  // CHECK-COUNT-6: weft.linear
  // CHECK-NOT: weft.linear
  %alpha = weft.weight @layer.alpha.weight : tensor<4x8xf32>
  %half = weft.weight @half : tensor<4x8xf16>
  %twice = weft.weight @twice : tensor<4x8xf32>
  %value = weft.weight @value : tensor<1x8xf32>
  %other = weft.weight @other : tensor<4x8xf32>
  %beta = weft.weight @layer.beta.weight : tensor<2x8xf32>
  %0 = weft.linear %x, %alpha : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  %1 = weft.linear %x, %half : (tensor<?x8xf32>, tensor<4x8xf16>) -> tensor<?x4xf32>
  %2 = weft.linear %x, %twice : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  %3 = weft.linear %y, %twice : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  %4 = weft.linear %x, %value : (tensor<?x8xf32>, tensor<1x8xf32>) -> tensor<?x1xf32>
  %5 = weft.linear %y, %other : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  %6 = weft.linear %x, %beta : (tensor<?x8xf32>, tensor<2x8xf32>) -> tensor<?x2xf32>
  return %0, %1, %2, %3, %4, %5, %6 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x1xf32>, tensor<?x4xf32>, tensor<?x2xf32>
}
