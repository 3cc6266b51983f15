// One piece of bad IR for each constraint that an op, attribute or type states (ir/*.td,
// docs/ops.md), which the diagnostic cites by its number.
// RUN: weft-opt %s -split-input-file -verify-diagnostics

// C1 of #weft.tiled: rows.
// expected-error @+1 {{expected 1 to 256 rows and a depth of 1 to 64, found 0 and 1 (C1)}}
func.func private @f(tensor<4x4xf32, #weft.tiled<rows = 0, depth = 1>>)

// -----

// C1 of #weft.tiled: depth.
// expected-error @+1 {{expected 1 to 256 rows and a depth of 1 to 64, found 8 and 65 (C1)}}
func.func private @f(tensor<4x4xf32, #weft.tiled<rows = 8, depth = 65>>)

// -----

// C4 of #weft.block: bits.
// expected-error @+1 {{expected codes of 4 or 8 bits, found 5 (C4)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 5, size = 4, scale = f32>>)

// -----

// C5 of #weft.block: size.
// expected-error @+1 {{expected an even block size up to 65534, found 3 (C5)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 3, scale = f32>>)

// -----

// C6 of #weft.block: scale.
// expected-error @+1 {{expected a scale of f32, f16, bf16 or f8E4M3B11FNUZ, found 'i8' (C6)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = i8>>)

// -----

// C7 of #weft.block: bias.
// expected-error @+1 {{expected a bias of 0 to 15, found 16 (C7)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, bias = 16>>)

// -----

// C8 of #weft.block: levels.
// expected-error @+1 {{expected 16 levels for codes of 4 bits with bias 0, found 2 for 4 bits with bias 0 (C8)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, levels = [1, 2]>>)

// -----

// C8 of #weft.block: levels grow.
// expected-error @+1 {{expected levels that grow, found array<i8: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13, 14> (C8)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, levels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 13, 14]>>)

// -----

// C1 of #weft.block: super block numbers.
// expected-error @+1 {{expected super-blocks of the numbers of Q4_K, Q6_K; found other ones (C1)}}
func.func private @f(tensor<4x256xf32, #weft.block<bits = 5, size = 32, scale = f16, super = 8, mins = true>>)

// -----

// C1 of #weft.block: super block bias.
// expected-error @+1 {{expected super-blocks of the numbers of Q4_K, Q6_K; found other ones (C1)}}
func.func private @f(tensor<4x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 4294967328, super = 16>>)

// -----

// C1 of #weft.block: super block scale.
// expected-error @+1 {{expected super-blocks of the numbers of Q4_K, Q6_K; found other ones (C1)}}
func.func private @f(tensor<4x256xf32, #weft.block<bits = 4, size = 32, scale = f32, super = 8, mins = true>>)

// -----

// C11 of #weft.block: super block rows.
// expected-error @+1 {{expected rows of a multiple of the 256 elements of a super-block, found 320 (C11)}}
func.func private @f(tensor<4x320xf32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>>)

// -----

// C2 of #weft.block: super block split.
// expected-error @+1 {{expected super-blocks in rows or tiles, found split ones (C2)}}
func.func private @f(tensor<4x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, split = true, super = 16>>)

// -----

// C10 of #weft.block: super block depth.
// expected-error @+1 {{expected a depth of the tiles that divides the 12 bytes of a block's codes, found 8 (C10)}}
func.func private @f(tensor<4x256xf32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, tiled = <rows = 16, depth = 8>, super = 16>>)

// -----

// C3 of #weft.block: minima of plain blocks.
// expected-error @+1 {{expected minima with super-blocks only (C3)}}
func.func private @f(tensor<4x256xf32, #weft.block<bits = 4, size = 32, scale = f16, mins = true>>)

// -----

// C9 of #weft.block: arrangement.
// expected-error @+1 {{a block format is either split or tiled (C9)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, split = true, tiled = <rows = 4, depth = 1>>>)

// -----

// C10 of #weft.block: depth.
// expected-error @+1 {{expected a depth of the tiles that divides the 2 bytes of a block's codes, found 4 (C10)}}
func.func private @f(tensor<4x4xf32, #weft.block<bits = 4, size = 4, scale = f32, tiled = <rows = 4, depth = 4>>>)

// -----

// C1 of #weft.source: offset.
// expected-error @+1 {{expected an offset of at least 0, found -1 (C1)}}
weft.parameter @p : tensor<4xf32> from [#weft.source<tensor = "t", file = "f", offset = -1, type = tensor<4xf32>>]

// -----

// C2 of #weft.source: shape.
// expected-error @+1 {{expected a static type of rank 1 or 2 for tensor 't', found 'tensor<?xf32>' (C2)}}
weft.parameter @p : tensor<4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<?xf32>>]

// -----

// C3 of #weft.source: element.
// expected-error @+1 {{expected elements of f32, f16 or bf16 for tensor 't', found 'tensor<4xi32>' (C3)}}
weft.parameter @p : tensor<4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4xi32>>]

// -----

// C1 of !weft.kv: heads.
// expected-error @+1 {{expected 1 to 2^20 heads of 1 to 2^20 elements, found 0 heads of 4 (C1)}}
weft.state @s : !weft.kv<heads = 0, head_dim = 4, element = f32>

// -----

// C2 of !weft.kv: element.
// expected-error @+1 {{expected elements of f32, f16 or bf16, found 'i8' (C2)}}
weft.state @s : !weft.kv<heads = 1, head_dim = 4, element = i8>

// -----

// C3 of !weft.kv: blocks of f.
// expected-error @+1 {{expected elements of f32 in blocks, found 'f16' (C3)}}
weft.state @s : !weft.kv<heads = 1, head_dim = 64, element = f16, blocks = #weft.block<bits = 8, size = 32, scale = f16>>

// -----

// C4 of !weft.kv: blocks of eight bits.
// expected-error @+1 {{expected blocks of a multiple of 16 codes of 8 bits without a bias, found #weft.block<bits = 4, size = 32, scale = f16> (C4)}}
weft.state @s : !weft.kv<heads = 1, head_dim = 64, element = f32, blocks = #weft.block<bits = 4, size = 32, scale = f16>>

// -----

// C4 of !weft.kv: blocks of whole vectors.
// expected-error @+1 {{expected blocks of a multiple of 16 codes of 8 bits without a bias, found #weft.block<bits = 8, size = 24, scale = f16> (C4)}}
weft.state @s : !weft.kv<heads = 1, head_dim = 64, element = f32, blocks = #weft.block<bits = 8, size = 24, scale = f16>>

// -----

// C1 of weft.parameter: rank.
// expected-error @+1 {{'weft.parameter' op expected a static type of rank 1 or 2 of f32, f16 or bf16, found 'tensor<1x1x1xf32>' (C1)}}
weft.parameter @p : tensor<1x1x1xf32> = dense<1.0> : tensor<1x1x1xf32>

// -----

// C1 of weft.parameter: dynamic.
// expected-error @+1 {{'weft.parameter' op expected a static type of rank 1 or 2 of f32, f16 or bf16, found 'tensor<?xf32>' (C1)}}
weft.parameter @p : tensor<?xf32> from []

// -----

// C1 of weft.parameter: element.
// expected-error @+1 {{'weft.parameter' op expected a static type of rank 1 or 2 of f32, f16 or bf16, found 'tensor<4xi32>' (C1)}}
weft.parameter @p : tensor<4xi32> = dense<1> : tensor<4xi32>

// -----

// C2 of weft.parameter: none.
// expected-error @+1 {{'weft.parameter' op expected either 'from' sources or '=' a value (C2)}}
weft.parameter @p : tensor<4xf32>

// -----

// C2 of weft.parameter: both.
// expected-error @+1 {{'weft.parameter' op expected either 'from' sources or '=' a value (C2)}}
weft.parameter @p : tensor<4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4xf32>>] = dense<1.0> : tensor<4xf32>

// -----

// C3 of weft.parameter: rank.
// expected-error @+1 {{'weft.parameter' op expected tensor 't' to fit 'tensor<4x4xf32>', found 'tensor<4xf32>' (C3)}}
weft.parameter @p : tensor<4x4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4xf32>>]

// -----

// C3 of weft.parameter: columns.
// expected-error @+1 {{'weft.parameter' op expected tensor 't' to fit 'tensor<4x4xf32>', found 'tensor<4x5xf32>' (C3)}}
weft.parameter @p : tensor<4x4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4x5xf32>>]

// -----

// C3 of weft.parameter: transposed.
// expected-error @+1 {{'weft.parameter' op expected tensor 't' to fit 'tensor<5x4xf32>', found 'tensor<5x4xf32>' (C3)}}
weft.parameter @p : tensor<5x4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<5x4xf32>, transposed = true>]

// -----

// C4 of weft.parameter: rows.
// expected-error @+1 {{'weft.parameter' op expected sources of 9 rows, found 8 (C4)}}
weft.parameter @p : tensor<9x4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4x4xf32>>, #weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4x4xf32>>]

// -----

// C5 of weft.parameter: shape.
// expected-error @+1 {{'weft.parameter' op expected a value of type 'tensor<4xf32>', found 'tensor<5xf32>' (C5)}}
weft.parameter @p : tensor<4xf32> = dense<1.0> : tensor<5xf32>

// -----

// C5 of weft.parameter: element.
// expected-error @+1 {{'weft.parameter' op expected a value of type 'tensor<4xf16>', found 'tensor<4xf16>' (C5)}}
weft.parameter @p : tensor<4xf16> = dense<1.0> : tensor<4xf16>

// -----

// C1 of weft.state: type.
// expected-error @+1 {{'weft.state' op expected the type of a state (!weft.kv<...>), found 'tensor<4xf32>' (C1)}}
weft.state @s : tensor<4xf32>

// -----

// C1 of weft.weight: exists.
func.func @f() {
  // expected-error @+1 {{'weft.weight' op no parameter 'none' (C1)}}
  %0 = weft.weight @none : tensor<8xf32>
  return
}

// -----

// C1 of weft.weight: is a parameter.
weft.state @kv : !weft.kv<heads = 2, head_dim = 4, element = f32>
func.func @f() {
  // expected-error @+1 {{'weft.weight' op no parameter 'kv' (C1)}}
  %0 = weft.weight @kv : tensor<8xf32>
  return
}

// -----

// C2 of weft.weight: type.
weft.parameter @p : tensor<8xf32> = dense<1.0> : tensor<8xf32>
func.func @f() {
  // expected-error @+1 {{'weft.weight' op parameter 'p' has type 'tensor<8xf32>', found 'tensor<8xf16>' (C2)}}
  %0 = weft.weight @p : tensor<8xf16>
  return
}

// -----

// C1 of weft.recall: exists.
weft.parameter @p : tensor<8xf32> = dense<1.0> : tensor<8xf32>
func.func @f() {
  // expected-error @+1 {{'weft.recall' op no state 'p' (C1)}}
  %0 = weft.recall @p : !weft.kv<heads = 2, head_dim = 4, element = f32>
  return
}

// -----

// C2 of weft.recall: type.
weft.state @kv : !weft.kv<heads = 2, head_dim = 4, element = f32>
func.func @f() {
  // expected-error @+1 {{'weft.recall' op state 'kv' has type '!weft.kv<heads = 2, head_dim = 4, element = f32>', found '!weft.kv<heads = 2, head_dim = 4, element = f16>' (C2)}}
  %0 = weft.recall @kv : !weft.kv<heads = 2, head_dim = 4, element = f16>
  return
}

// -----

// C1 of weft.dispatch: exists.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.dispatch' op no kernel 'none' (C1)}}
  weft.dispatch @none(%x) : (tensor<?x8xf32>) -> ()
  return
}

// -----

// C1 of weft.dispatch: is a kernel.
weft.parameter @p : tensor<8xf32> = dense<1.0> : tensor<8xf32>
func.func private @plain(%x: tensor<?x8xf32>)
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.dispatch' op no kernel 'plain' (C1)}}
  weft.dispatch @plain(%x) : (tensor<?x8xf32>) -> ()
  return
}

// -----

// C2 of weft.dispatch: type.
func.func private @kernel(%x: tensor<?x8xf32>) -> tensor<?x8xf32> attributes {weft.kernel} {
  return %x : tensor<?x8xf32>
}
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.dispatch' op kernel 'kernel' has type '(tensor<?x8xf32>) -> tensor<?x8xf32>', found '(tensor<?x8xf32>) -> ()' (C2)}}
  weft.dispatch @kernel(%x) : (tensor<?x8xf32>) -> ()
  return
}

// -----

// C1 of weft.embed: columns.
func.func @f(%i: tensor<?xi32>, %w: tensor<6x8xf32>) {
  // expected-error @+1 {{'weft.embed' op expected a plain result of 8 columns with the rows of 'tensor<?xi32>', found 'tensor<?x7xf32>' (C1)}}
  weft.embed %i in %w : (tensor<?xi32>, tensor<6x8xf32>) -> tensor<?x7xf32>
  return
}

// -----

// C1 of weft.embed: rows.
func.func @f(%i: tensor<?xi32>, %w: tensor<6x8xf32>) {
  // expected-error @+1 {{'weft.embed' op expected a plain result of 8 columns with the rows of 'tensor<?xi32>', found 'tensor<3x8xf32>' (C1)}}
  weft.embed %i in %w : (tensor<?xi32>, tensor<6x8xf32>) -> tensor<3x8xf32>
  return
}

// -----

// C1 of weft.take_rows: as it says.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xi32>) {
  // expected-error @+1 {{'weft.take_rows' op expected a result of 'tensor<?x8xf32>', found 'tensor<4x8xf32>' (C1)}}
  weft.take_rows %x at %i : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<4x8xf32>
  return
}

// -----

// C1 of weft.columns: end.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.columns' op expected columns below 8, found 4 from 5 (C1)}}
  weft.columns %x from 5 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return
}

// -----

// C1 of weft.columns: begin.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.columns' op expected columns below 8, found 4 from -1 (C1)}}
  weft.columns %x from -1 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  return
}

// -----

// C2 of weft.columns: rows.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.columns' op expected plain values of the same rows, found 'tensor<?x8xf32>' and 'tensor<3x4xf32>' (C2)}}
  weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<3x4xf32>
  return
}

// -----

// C1 of weft.add: right.
func.func @f(%x: tensor<?x8xf32>, %w: tensor<6x8xf32>) {
  // expected-error @+1 {{'weft.add' op expected a right side of 'tensor<?x8xf32>' or 'tensor<8xf32>', found 'tensor<6x8xf32>' (C1)}}
  weft.add %x, %w : tensor<?x8xf32>, tensor<6x8xf32>
  return
}

// -----

// C1 of weft.mul: right.
func.func @f(%x: tensor<?x8xf32>, %v: tensor<8xf32>) {
  %0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{'weft.mul' op expected a right side of 'tensor<?x4xf32>' or 'tensor<4xf32>', found 'tensor<8xf32>' (C1)}}
  weft.mul %0, %v : tensor<?x4xf32>, tensor<8xf32>
  return
}

// -----

// C1 of weft.rms_norm: weight.
func.func @f(%x: tensor<?x8xf32>, %v: tensor<8xf32>) {
  %0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{'weft.rms_norm' op expected a weight of 4 elements, found 'tensor<8xf32>' (C1)}}
  weft.rms_norm %0, %v epsilon 1.0e-5 : tensor<?x4xf32>, tensor<8xf32>
  return
}

// -----

// C1 of weft.layer_norm: weight.
func.func @f(%x: tensor<?x8xf32>, %v: tensor<8xf32>) {
  %0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{'weft.layer_norm' op expected a weight of 4 elements, found 'tensor<8xf32>' (C1)}}
  weft.layer_norm %0, %v, %v epsilon 1.0e-5 : tensor<?x4xf32>, tensor<8xf32>, tensor<8xf32>
  return
}

// -----

// C2 of weft.layer_norm: bias.
func.func @f(%x: tensor<?x8xf32>, %v: tensor<8xf32>, %w4: tensor<4xf32>) {
  // expected-error @+1 {{'weft.layer_norm' op expected a bias of 8 elements, found 'tensor<4xf32>' (C2)}}
  weft.layer_norm %x, %v, %w4 epsilon 1.0e-5 : tensor<?x8xf32>, tensor<8xf32>, tensor<4xf32>
  return
}

// -----

// C1 of weft.linear: as it says.
func.func @f(%x: tensor<?x8xf32>, %w: tensor<6x8xf32>) {
  // expected-error @+1 {{'weft.linear' op expected a weight of 5x8, found 'tensor<6x8xf32>' (C1)}}
  weft.linear %x, %w : (tensor<?x8xf32>, tensor<6x8xf32>) -> tensor<?x5xf32>
  return
}

// -----

// C2 of weft.linear: rows.
func.func @f(%x: tensor<?x8xf32>, %w: tensor<6x8xf32>) {
  // expected-error @+1 {{'weft.linear' op expected a plain result with the rows of 'tensor<?x8xf32>', found 'tensor<4x6xf32>' (C2)}}
  weft.linear %x, %w : (tensor<?x8xf32>, tensor<6x8xf32>) -> tensor<4x6xf32>
  return
}

// -----

// C2 of weft.linear: encoding.
func.func @f(%x: tensor<?x8xf32>, %w: tensor<6x8xf32>) {
  // expected-error @+1 {{'weft.linear' op expected a plain result with the rows of 'tensor<?x8xf32>', found 'tensor<?x6xf32, #weft.tiled<rows = 1, depth = 1>>' (C2)}}
  weft.linear %x, %w : (tensor<?x8xf32>, tensor<6x8xf32>) -> tensor<?x6xf32, #weft.tiled<rows = 1, depth = 1>>
  return
}

// -----

// C3 of weft.linear: dense.
func.func @f(%w: tensor<6x8xf32>, %q: tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>) {
  // expected-error @+1 {{'weft.linear' op expected a weight in blocks of 8, found 'tensor<6x8xf32>' (C3)}}
  weft.linear %q, %w : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>, tensor<6x8xf32>) -> tensor<?x6xf32>
  return
}

// -----

// C3 of weft.linear: length.
func.func @f(%q: tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>, %b: tensor<6x8xf32, #weft.block<bits = 4, size = 4, scale = f16, bias = 8>>) {
  // expected-error @+1 {{'weft.linear' op expected a weight in blocks of 8, found 'tensor<6x8xf32, #weft.block<bits = 4, size = 4, scale = f16, bias = 8>>' (C3)}}
  weft.linear %q, %b : (tensor<?x8xf32, #weft.block<bits = 8, size = 8, scale = f32, split = true>>, tensor<6x8xf32, #weft.block<bits = 4, size = 4, scale = f16, bias = 8>>) -> tensor<?x6xf32>
  return
}

// -----

// C1 of weft.quantize: shape.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.quantize' op expected a result of the input's shape in split blocks of 8 bits, bias 0 and scale f32, found 'tensor<?x4xf32, #weft.block<bits = 8, size = 4, scale = f32, split = true>>' (C1)}}
  weft.quantize %x : tensor<?x8xf32> -> tensor<?x4xf32, #weft.block<bits = 8, size = 4, scale = f32, split = true>>
  return
}

// -----

// C1 of weft.quantize: encoding.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.quantize' op expected a result of the input's shape in split blocks of 8 bits, bias 0 and scale f32, found 'tensor<?x8xf32, #weft.block<bits = 8, size = 4, scale = f32>>' (C1)}}
  weft.quantize %x : tensor<?x8xf32> -> tensor<?x8xf32, #weft.block<bits = 8, size = 4, scale = f32>>
  return
}

// -----

// C1 of weft.quantize: scale.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.quantize' op expected a result of the input's shape in split blocks of 8 bits, bias 0 and scale f32, found 'tensor<?x8xf32, #weft.block<bits = 8, size = 4, scale = f16, split = true>>' (C1)}}
  weft.quantize %x : tensor<?x8xf32> -> tensor<?x8xf32, #weft.block<bits = 8, size = 4, scale = f16, split = true>>
  return
}

// -----

// C1 of weft.rope_table: as it says.
func.func @f(%i: tensor<?xi32>, %v: tensor<8xf32>) {
  // expected-error @+1 {{'weft.rope_table' op expected a result of 'tensor<?x16xf32>', found 'tensor<?x8xf32>' (C1)}}
  weft.rope_table %i, %v : (tensor<?xi32>, tensor<8xf32>) -> tensor<?x8xf32>
  return
}

// -----

// C1 of weft.rope_table: rows.
func.func @f(%i: tensor<?xi32>, %v: tensor<8xf32>) {
  // expected-error @+1 {{'weft.rope_table' op expected a result of 'tensor<?x16xf32>', found 'tensor<3x16xf32>' (C1)}}
  weft.rope_table %i, %v : (tensor<?xi32>, tensor<8xf32>) -> tensor<3x16xf32>
  return
}

// -----

// C1 of weft.rope: as it says.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.rope' op expected a number of heads that divides 8, found 3 (C1)}}
  weft.rope %x by %x heads 3 halves : tensor<?x8xf32>, tensor<?x8xf32>
  return
}

// -----

// C2 of weft.rope: as it says.
func.func @f(%x: tensor<?x8xf32>) {
  // expected-error @+1 {{'weft.rope' op expected a table of an even number of columns up to 4, found 8 (C2)}}
  weft.rope %x by %x heads 2 halves : tensor<?x8xf32>, tensor<?x8xf32>
  return
}

// -----

// C1 of weft.append: columns.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xi32>, %kv: !weft.kv<heads = 2, head_dim = 4, element = f32>) {
  %0 = weft.columns %x from 0 : (tensor<?x8xf32>) -> tensor<?x4xf32>
  // expected-error @+1 {{'weft.append' op expected keys and values of 8 columns, found 'tensor<?x4xf32>' (C1)}}
  weft.append %x, %0 to %kv at %i, %i : tensor<?x8xf32>, tensor<?x4xf32>, !weft.kv<heads = 2, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

// C1 of weft.attend: heads.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xi32>, %kv: !weft.kv<heads = 2, head_dim = 4, element = f32>) {
  // expected-error @+1 {{'weft.attend' op expected a multiple of 2 heads, found 3 (C1)}}
  weft.attend %x in %kv at %i, %i heads 3 scale 1.0 : tensor<?x8xf32>, !weft.kv<heads = 2, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

// C3 of weft.attend: columns.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xi32>, %kv: !weft.kv<heads = 2, head_dim = 4, element = f32>) {
  // expected-error @+1 {{'weft.attend' op expected queries of 16 columns, found 'tensor<?x8xf32>' (C3)}}
  weft.attend %x in %kv at %i, %i heads 4 scale 1.0 : tensor<?x8xf32>, !weft.kv<heads = 2, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

// C2 of weft.attend: window.
func.func @f(%x: tensor<?x8xf32>, %i: tensor<?xi32>, %kv: !weft.kv<heads = 2, head_dim = 4, element = f32>) {
  // expected-error @+1 {{'weft.attend' op expected a window of 1 to 2^30 positions, found 0 (C2)}}
  weft.attend %x in %kv at %i, %i heads 2 scale 1.0 window 0 : tensor<?x8xf32>, !weft.kv<heads = 2, head_dim = 4, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

// C1 of #weft.file_check: header.
// expected-error @+2 {{expected a file of at least 1 byte with a header inside, found 16 bytes and a header of 17 (C1)}}
// expected-error @+1 {{failed to parse Weft_SourceAttr parameter 'check' which is to be a `::weft::FileCheckAttr`}}
weft.parameter @p : tensor<4xf32> from [#weft.source<tensor = "t", file = "f", offset = 0, type = tensor<4xf32>, check = <size = 16, header = 17, hash = 1>>]
