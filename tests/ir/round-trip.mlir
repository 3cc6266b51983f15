// Every op, attribute and type through printer and parser, as they are and in generic form.
// RUN: weft-opt %s | weft-opt | FileCheck %s
// RUN: weft-opt %s --mlir-print-op-generic | weft-opt | FileCheck %s

// CHECK: weft.parameter @table : tensor<16x8xbf16> from [#weft.source<tensor = "wte", file = "a b.gguf", offset = 4096, type = tensor<10x8xf16>>, #weft.source<tensor = "more", file = "c", offset = 0, type = tensor<8x6xf32>, transposed = true>]
weft.parameter @table : tensor<16x8xbf16> from
  [#weft.source<tensor = "wte", file = "a b.gguf", offset = 4096, type = tensor<10x8xf16>>,
   #weft.source<tensor = "more", file = "c", offset = 0, type = tensor<8x6xf32>,
                transposed = true>]
// CHECK: weft.parameter @q : tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8, tiled = <rows = 16, depth = 4>>> from [#weft.source<tensor = "q", file = "c", offset = 1, type = tensor<8x8xf32, #weft.block<bits = 8, size = 4, scale = bf16>>, check = <size = 4096, header = 77, hash = 18446744073709551615>>]
weft.parameter @q : tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8,
    tiled = <rows = 16, depth = 4>>> from
  [#weft.source<tensor = "q", file = "c", offset = 1,
    type = tensor<8x8xf32, #weft.block<bits = 8, size = 4, scale = bf16>>,
    check = <size = 4096, header = 77, hash = 18446744073709551615>>]
// CHECK: weft.parameter @dense : tensor<8x8xf16, #weft.tiled<rows = 8, depth = 2>> from
weft.parameter @dense : tensor<8x8xf16, #weft.tiled<rows = 8, depth = 2>> from
  [#weft.source<tensor = "d", file = "c", offset = 7, type = tensor<8x8xf32>>]
// CHECK: weft.parameter @norm : tensor<8xf32> = dense<1.000000e+00> : tensor<8xf32>
weft.parameter @norm : tensor<8xf32> = dense<1.0> : tensor<8xf32>
weft.parameter @frequencies : tensor<2xf32> = dense<[1.0, 0.01]> : tensor<2xf32>
// CHECK: weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
weft.state @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
// CHECK: weft.state @blocks : !weft.kv<heads = 2, head_dim = 64, element = f32, blocks = <bits = 8, size = 32, scale = f16>>
weft.state @blocks : !weft.kv<heads = 2, head_dim = 64, element = f32, blocks = #weft.block<bits = 8, size = 32, scale = f16>>

// CHECK: func.func private @kernel(%{{.*}}: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {weft.kernel, weft.role = #weft.role<row>}
func.func private @kernel(%x: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {weft.kernel, weft.role = #weft.role<row>} {
  // CHECK: weft.silu %{{.*}} : tensor<?x8xf32>
  %0 = weft.silu %x : tensor<?x8xf32>
  return %0 : tensor<?x8xf32>
}

// CHECK-LABEL: func.func @forward
func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>,
                   %rows: tensor<?xi32> {weft.rows}) -> tensor<?x8xf32> {
  // CHECK: weft.weight @table : tensor<16x8xbf16>
  %table = weft.weight @table : tensor<16x8xbf16>
  %norm = weft.weight @norm : tensor<8xf32>
  %frequencies = weft.weight @frequencies : tensor<2xf32>
  %q = weft.weight @q : tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8,
      tiled = <rows = 16, depth = 4>>>
  // CHECK: %[[KV:.*]] = weft.recall @kv : <heads = 1, head_dim = 4, element = f16>
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 4, element = f16>
  // CHECK: weft.embed %{{.*}} in %{{.*}} : (tensor<?xi32>, tensor<16x8xbf16>) -> tensor<?x8xf32>
  %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<16x8xbf16>) -> tensor<?x8xf32>
  // CHECK: weft.rms_norm %{{.*}}, %{{.*}} epsilon 9.99999974E-6 : tensor<?x8xf32>, tensor<8xf32>
  %n = weft.rms_norm %x, %norm epsilon 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>
  // CHECK: weft.layer_norm %{{.*}}, %{{.*}}, %{{.*}} epsilon 9.99999974E-6 : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
  %l = weft.layer_norm %n, %norm, %norm epsilon 1.0e-5
      : tensor<?x8xf32>, tensor<8xf32>, tensor<8xf32>
  // CHECK: weft.quantize %{{.*}} : tensor<?x8xf32> -> tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>
  %i = weft.quantize %l : tensor<?x8xf32>
      -> tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>
  // CHECK: weft.linear %{{.*}}, %{{.*}} : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>, tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8, tiled = <rows = 16, depth = 4>>>) -> tensor<?x8xf32>
  %p = weft.linear %i, %q
      : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>,
         tensor<8x8xf32, #weft.block<bits = 4, size = 8, scale = f16, bias = 8,
             tiled = <rows = 16, depth = 4>>>) -> tensor<?x8xf32>
  // CHECK: weft.columns %{{.*}} from 4 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  %k = weft.columns %p from 4 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  // CHECK: weft.rope_table %{{.*}}, %{{.*}} : (tensor<?xi32>, tensor<2xf32>) -> tensor<?x4xf32>
  %t = weft.rope_table %positions, %frequencies : (tensor<?xi32>, tensor<2xf32>) -> tensor<?x4xf32>
  // CHECK: weft.rope %{{.*}} by %{{.*}} heads 2 halves : tensor<?x8xf32>, tensor<?x4xf32>
  %r = weft.rope %p by %t heads 2 halves : tensor<?x8xf32>, tensor<?x4xf32>
  // CHECK: weft.rope %{{.*}} by %{{.*}} heads 2 neighbours : tensor<?x8xf32>, tensor<?x4xf32>
  %s = weft.rope %r by %t heads 2 neighbours : tensor<?x8xf32>, tensor<?x4xf32>
  // CHECK: weft.append %{{.*}}, %{{.*}} to %[[KV]] at %{{.*}}, %{{.*}} : tensor<?x4xf32>, tensor<?x4xf32>, <heads = 1, head_dim = 4, element = f16>, tensor<?xi32>, tensor<?xi32>
  %kv2 = weft.append %k, %k to %kv at %positions, %sequences
      : tensor<?x4xf32>, tensor<?x4xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>,
        tensor<?xi32>, tensor<?xi32>
  // CHECK: weft.attend %{{.*}} in %{{.*}} at %{{.*}}, %{{.*}} heads 2 scale 5.000000e-01 window 7 :
  %near = weft.attend %s in %kv2 at %positions, %sequences heads 2 scale 5.0e-1 window 7
      : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>, tensor<?xi32>,
        tensor<?xi32>
  // CHECK: weft.attend %{{.*}} in %{{.*}} at %{{.*}}, %{{.*}} heads 2 scale 5.000000e-01 :
  %a = weft.attend %s in %kv2 at %positions, %sequences heads 2 scale 5.0e-1
      : tensor<?x8xf32>, !weft.kv<heads = 1, head_dim = 4, element = f16>, tensor<?xi32>,
        tensor<?xi32>
  // CHECK: weft.add %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<8xf32>
  %b = weft.add %a, %norm : tensor<?x8xf32>, tensor<8xf32>
  // CHECK: weft.mul %{{.*}}, %{{.*}} : tensor<?x8xf32>, tensor<?x8xf32>
  %c = weft.mul %b, %a : tensor<?x8xf32>, tensor<?x8xf32>
  // CHECK: weft.gelu %{{.*}} : tensor<?x8xf32>
  %g = weft.gelu %c : tensor<?x8xf32>
  // CHECK: weft.dispatch @kernel(%{{.*}}) {at = [#weft.size<constant = 64>], barrier, size = [#weft.size<tokens = 32, rows = 4>]} : (tensor<?x8xf32>) -> tensor<?x8xf32>
  %d = weft.dispatch @kernel(%g) {at = [#weft.size<constant = 64>], barrier,
                                  size = [#weft.size<tokens = 32, rows = 4>]}
      : (tensor<?x8xf32>) -> tensor<?x8xf32>
  // CHECK: weft.take_rows %{{.*}} at %{{.*}} : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  %o = weft.take_rows %d at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
  return %o : tensor<?x8xf32>
}
