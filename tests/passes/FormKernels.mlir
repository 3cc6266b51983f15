// RUN: weft-opt %s --weft-form-kernels --split-input-file --verify-diagnostics | FileCheck %s

// All row ops of a level are one kernel; views are cloned into it; parameters and states
// are passed. Attention is alone.
weft.parameter @frequencies : tensor<2xf32> = dense<[1.0, 0.1]> : tensor<2xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
// CHECK-LABEL: func.func @attention
// CHECK-SAME: (%[[QKV:.*]]: tensor<?x16xf32>, %[[POSITIONS:.*]]: tensor<?xi32>, %[[SEQUENCES:.*]]: tensor<?xi32>)
func.func @attention(%qkv: tensor<?x16xf32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>) -> tensor<?x8xf32> {
  // CHECK-DAG: %[[KV:.*]] = weft.recall @kv
  // CHECK-DAG: %[[F:.*]] = weft.weight @frequencies
  // CHECK: %[[R:.*]]:2 = weft.dispatch @rope_table_rope_rope_append(%[[POSITIONS]], %[[F]], %[[QKV]], %[[KV]], %[[SEQUENCES]])
  // CHECK: %[[A:.*]] = weft.dispatch @attend(%[[R]]#0, %[[R]]#1, %[[POSITIONS]], %[[SEQUENCES]])
  // CHECK-NEXT: return %[[A]]
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
  %frequencies = weft.weight @frequencies : tensor<2xf32>
  %table = weft.rope_table %positions, %frequencies : (tensor<?xi32>, tensor<2xf32>) -> tensor<?x4xf32>
  %q = weft.columns %qkv from 0 : (tensor<?x16xf32>) -> tensor<?x8xf32>
  %k = weft.columns %qkv from 8 : (tensor<?x16xf32>) -> tensor<?x4xf32>
  %v = weft.columns %qkv from 12 : (tensor<?x16xf32>) -> tensor<?x4xf32>
  %qr = weft.rope %q by %table heads 2 halves : tensor<?x8xf32>, tensor<?x4xf32>
  %kr = weft.rope %k by %table heads 1 halves : tensor<?x4xf32>, tensor<?x4xf32>
  %new = weft.append %kr, %v to %kv at %positions, %sequences : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  %0 = weft.attend %qr in %new at %positions, %sequences heads 2 scale 0.5 : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %0 : tensor<?x8xf32>
}
// CHECK-LABEL: func.func private @rope_table_rope_rope_append
// CHECK-SAME: attributes {weft.kernel, weft.role = #weft.role<row>}
// CHECK-NEXT: %[[TABLE:.*]] = weft.rope_table
// CHECK-NEXT: %[[Q:.*]] = weft.columns %{{.*}} from 0
// CHECK-NEXT: %[[QR:.*]] = weft.rope %[[Q]] by %[[TABLE]]
// CHECK-NEXT: %[[K:.*]] = weft.columns %{{.*}} from 8
// CHECK-NEXT: %[[KR:.*]] = weft.rope %[[K]] by %[[TABLE]]
// CHECK-NEXT: %[[V:.*]] = weft.columns %{{.*}} from 12
// CHECK-NEXT: %[[NEW:.*]] = weft.append %[[KR]], %[[V]]
// CHECK-NEXT: return %[[QR]], %[[NEW]]
// CHECK-LABEL: func.func private @attend
// CHECK-SAME: attributes {weft.kernel, weft.role = #weft.role<attention>}
// CHECK: weft.attend
// CHECK-NOT: func.func

// -----

// Attention reads through a view of its own.
weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
// CHECK-LABEL: func.func @view
func.func @view(%x: tensor<?x16xf32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>) -> tensor<?x8xf32> {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f32>
  %q = weft.columns %x from 8 : (tensor<?x16xf32>) -> tensor<?x8xf32>
  // A state is changed after it was read, though no value says so.
  // CHECK: weft.dispatch @attend
  // CHECK-NEXT: weft.dispatch @append
  // CHECK-NOT: weft.dispatch
  %0 = weft.attend %q in %kv at %positions, %sequences heads 2 scale 0.5 : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  %k = weft.columns %x from 4 : (tensor<?x16xf32>) -> tensor<?x4xf32>
  %new = weft.append %k, %k to %kv at %positions, %sequences : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %0 : tensor<?x8xf32>
}
// CHECK-LABEL: func.func private @attend
// CHECK: %[[Q:.*]] = weft.columns %{{.*}} from 8
// CHECK: weft.attend %[[Q]]
// CHECK-LABEL: func.func private @append

// -----

// Two layers of one shape are one set of kernels. Gate and up are one kernel, whichever was
// written first; the residual and the bias are passed.
weft.parameter @gate.0 : tensor<12x8xf32> from [#weft.source<tensor = "0", file = "m", offset = 0, type = tensor<12x8xf32>>]
weft.parameter @up.0 : tensor<12x8xf32> from [#weft.source<tensor = "0", file = "m", offset = 0, type = tensor<12x8xf32>>]
weft.parameter @down.0 : tensor<8x12xf32> from [#weft.source<tensor = "0", file = "m", offset = 0, type = tensor<8x12xf32>>]
weft.parameter @gate.1 : tensor<12x8xf32> from [#weft.source<tensor = "1", file = "m", offset = 0, type = tensor<12x8xf32>>]
weft.parameter @up.1 : tensor<12x8xf32> from [#weft.source<tensor = "1", file = "m", offset = 0, type = tensor<12x8xf32>>]
weft.parameter @down.1 : tensor<8x12xf32> from [#weft.source<tensor = "1", file = "m", offset = 0, type = tensor<8x12xf32>>]
weft.parameter @bias : tensor<8xf32> from [#weft.source<tensor = "b", file = "m", offset = 0, type = tensor<8xf32>>]
// CHECK-LABEL: func.func @layers
// CHECK-SAME: (%[[X:.*]]: tensor<?x8xf32>)
func.func @layers(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  %g0w = weft.weight @gate.0 : tensor<12x8xf32>
  %u0w = weft.weight @up.0 : tensor<12x8xf32>
  %d0w = weft.weight @down.0 : tensor<8x12xf32>
  %g1w = weft.weight @gate.1 : tensor<12x8xf32>
  %u1w = weft.weight @up.1 : tensor<12x8xf32>
  %d1w = weft.weight @down.1 : tensor<8x12xf32>
  // CHECK-DAG: %[[G0:.*]] = weft.weight @gate.0
  // CHECK-DAG: %[[U0:.*]] = weft.weight @up.0
  // CHECK-DAG: %[[D0:.*]] = weft.weight @down.0
  // CHECK-DAG: %[[G1:.*]] = weft.weight @gate.1
  // CHECK-DAG: %[[U1:.*]] = weft.weight @up.1
  // CHECK-DAG: %[[D1:.*]] = weft.weight @down.1
  // CHECK-DAG: %[[BIAS:.*]] = weft.weight @bias
  %bias = weft.weight @bias : tensor<8xf32>
  // CHECK: %[[GU0:.*]] = weft.dispatch @linear_linear_silu_mul(%[[X]], %[[G0]], %[[U0]])
  // CHECK-NEXT: %[[X1:.*]] = weft.dispatch @linear_add_add(%[[GU0]], %[[D0]], %[[BIAS]], %[[X]])
  // CHECK-NEXT: %[[GU1:.*]] = weft.dispatch @linear_linear_silu_mul(%[[X1]], %[[G1]], %[[U1]])
  // CHECK-NEXT: %[[X2:.*]] = weft.dispatch @linear_add_add(%[[GU1]], %[[D1]], %[[BIAS]], %[[X1]])
  // CHECK-NEXT: return %[[X2]]
  %g0 = weft.linear %x, %g0w : (tensor<?x8xf32>, tensor<12x8xf32>) -> tensor<?x12xf32>
  %s0 = weft.silu %g0 : tensor<?x12xf32>
  %u0 = weft.linear %x, %u0w : (tensor<?x8xf32>, tensor<12x8xf32>) -> tensor<?x12xf32>
  %m0 = weft.mul %s0, %u0 : tensor<?x12xf32>, tensor<?x12xf32>
  %d0 = weft.linear %m0, %d0w : (tensor<?x12xf32>, tensor<8x12xf32>) -> tensor<?x8xf32>
  %b0 = weft.add %d0, %bias : tensor<?x8xf32>, tensor<8xf32>
  %x1 = weft.add %x, %b0 : tensor<?x8xf32>, tensor<?x8xf32>
  %g1 = weft.linear %x1, %g1w : (tensor<?x8xf32>, tensor<12x8xf32>) -> tensor<?x12xf32>
  %u1 = weft.linear %x1, %u1w : (tensor<?x8xf32>, tensor<12x8xf32>) -> tensor<?x12xf32>
  %s1 = weft.silu %g1 : tensor<?x12xf32>
  %m1 = weft.mul %s1, %u1 : tensor<?x12xf32>, tensor<?x12xf32>
  %d1 = weft.linear %m1, %d1w : (tensor<?x12xf32>, tensor<8x12xf32>) -> tensor<?x8xf32>
  %b1 = weft.add %d1, %bias : tensor<?x8xf32>, tensor<8xf32>
  %x2 = weft.add %x1, %b1 : tensor<?x8xf32>, tensor<?x8xf32>
  return %x2 : tensor<?x8xf32>
}
// CHECK-LABEL: func.func private @linear_linear_silu_mul
// CHECK-LABEL: func.func private @linear_add_add
// CHECK-NOT: func.func

// -----

// What ends a product's kernel: a second reader, an op that is not element-wise.
weft.parameter @w : tensor<8x8xf32> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<8x8xf32>>]
weft.parameter @v : tensor<8x8xf32> from [#weft.source<tensor = "v", file = "m", offset = 0, type = tensor<8x8xf32>>]
weft.parameter @norm : tensor<8xf32> from [#weft.source<tensor = "n", file = "m", offset = 0, type = tensor<8xf32>>]
// CHECK-LABEL: func.func @ends
func.func @ends(%x: tensor<?x8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>) {
  %w = weft.weight @w : tensor<8x8xf32>
  %v = weft.weight @v : tensor<8x8xf32>
  %norm = weft.weight @norm : tensor<8xf32>
  // CHECK: weft.dispatch @linear(
  %0 = weft.linear %x, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  // CHECK: weft.dispatch @silu_gelu_rms_norm(
  %1 = weft.silu %0 : tensor<?x8xf32>
  %2 = weft.gelu %0 : tensor<?x8xf32>
  %3 = weft.rms_norm %2, %norm epsilon 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>
  // Products of different inputs: the sum belongs to the later one.
  // CHECK: weft.dispatch @linear(
  // CHECK: weft.dispatch @linear_add(
  %4 = weft.linear %1, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %5 = weft.linear %3, %v : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %6 = weft.add %4, %5 : tensor<?x8xf32>, tensor<?x8xf32>
  return %1, %3, %6 : tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x8xf32>
}

// -----

// A kernel of wanted rows is not a kernel of tokens, and a row is taken from a value that
// is complete. A view that is returned is computed.
weft.parameter @w : tensor<8x8xf32> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<8x8xf32>>]
// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<?x8xf32>, %rows: tensor<?xi32> {weft.rows}) -> (tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x4xf32>) {
  %w = weft.weight @w : tensor<8x8xf32>
  // CHECK: %[[S:.*]]:2 = weft.dispatch @silu_columns(
  // CHECK: weft.dispatch @linear(%[[S]]#0,
  // CHECK: %[[TAKEN:.*]] = weft.dispatch @take_rows(%[[S]]#0,
  // CHECK: weft.dispatch @linear_2(%[[TAKEN]],
  %0 = weft.silu %x : tensor<?x8xf32>
  %1 = weft.take_rows %0 at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %2 = weft.linear %1, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %3 = weft.linear %0, %w : (tensor<?x8xf32>, tensor<8x8xf32>) -> tensor<?x8xf32>
  %4 = weft.columns %0 from 2 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return %2, %3, %4 : tensor<?x8xf32>, tensor<?x8xf32>, tensor<?x4xf32>
}
// CHECK-LABEL: func.func private @silu_columns
// CHECK-LABEL: func.func private @linear(
// CHECK-SAME: %{{[^ ]*}}: tensor<?x8xf32>, %
// CHECK-LABEL: func.func private @take_rows(
// CHECK-SAME: %{{[^ ]*}}: tensor<?x8xf32>, %{{[^ ]*}}: tensor<?xi32> {weft.rows})
// CHECK-LABEL: func.func private @linear_2(
// CHECK-SAME: %{{[^ ]*}}: tensor<?x8xf32> {weft.rows}, %

// -----

// Rows taken from wanted rows, and a computed table: complete before a row is read.
weft.parameter @w : tensor<9x8xf32> from [#weft.source<tensor = "w", file = "m", offset = 0, type = tensor<9x8xf32>>]
// CHECK-LABEL: func.func @complete
func.func @complete(%x: tensor<?x8xf32>, %ids: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  %w = weft.weight @w : tensor<9x8xf32>
  // CHECK: weft.dispatch @gelu(
  // CHECK: %[[TABLE:.*]] = weft.dispatch @silu(
  // CHECK: weft.dispatch @embed_add(%{{.*}}, %[[TABLE]],
  // CHECK: %[[TAKEN:.*]] = weft.dispatch @take_rows_silu(
  // CHECK: weft.dispatch @take_rows(%[[TAKEN]],
  %0 = weft.gelu %x : tensor<?x8xf32>
  %1 = weft.silu %w : tensor<9x8xf32>
  %2 = weft.embed %ids in %1 : (tensor<?xi32>, tensor<9x8xf32>) -> tensor<?x8xf32>
  %3 = weft.add %0, %2 : tensor<?x8xf32>, tensor<?x8xf32>
  %4 = weft.take_rows %3 at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %5 = weft.silu %4 : tensor<?x8xf32>
  %6 = weft.take_rows %5 at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %3, %6 : tensor<?x8xf32>, tensor<?x8xf32>
}

// -----

func.func @foreign(%x: i32) -> i32 {
  // expected-error @+1 {{cannot be part of a kernel; expected ops of the weft dialect that compute}}
  %0 = arith.addi %x, %x : i32
  return %0 : i32
}

// -----

// Of values that only a row kernel reads, those that its stack frame has no room for are results
// too: the widest first, until the others take 256 KiB.
// CHECK-LABEL: func.func @wide
func.func @wide(%x: tensor<?x65536xf32>, %y: tensor<?x4096xf32>) -> (tensor<?x65536xf32>, tensor<?x4096xf32>) {
  // CHECK: %[[R:.*]]:3 = weft.dispatch @silu_mul_silu_mul(
  // CHECK-NEXT: return %[[R]]#1, %[[R]]#2
  %0 = weft.silu %x : tensor<?x65536xf32>
  %1 = weft.mul %0, %0 : tensor<?x65536xf32>, tensor<?x65536xf32>
  %2 = weft.silu %y : tensor<?x4096xf32>
  %3 = weft.mul %2, %2 : tensor<?x4096xf32>, tensor<?x4096xf32>
  return %1, %3 : tensor<?x65536xf32>, tensor<?x4096xf32>
}
// CHECK-LABEL: func.func private @silu_mul_silu_mul
// CHECK: %[[WIDE:.*]] = weft.silu
// CHECK: %[[OUT:.*]] = weft.mul %[[WIDE]]
// CHECK: weft.silu
// CHECK: %[[OUT2:.*]] = weft.mul
// CHECK: return %[[WIDE]], %[[OUT]], %[[OUT2]]
