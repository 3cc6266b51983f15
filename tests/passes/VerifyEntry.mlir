// RUN: weft-opt %s --weft-verify-entry -split-input-file -verify-diagnostics

// What a model is: nothing to say.
module attributes {weft.vocabulary = 3 : i64, weft.context = 5 : i64} {
  weft.parameter @table : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
  weft.parameter @places : tensor<5x2xf32> = dense<1.0> : tensor<5x2xf32>
  weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x3xf32> {
    %table = weft.weight @table : tensor<3x2xf32>
    %places = weft.weight @places : tensor<5x2xf32>
    %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
    %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
    %y = weft.embed %positions in %places : (tensor<?xi32>, tensor<5x2xf32>) -> tensor<?x2xf32>
    %z = weft.add %x, %y : tensor<?x2xf32>, tensor<?x2xf32>
    %new = weft.append %z, %z to %kv at %positions, %sequences : tensor<?x2xf32>, tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
    %a = weft.attend %z in %new at %positions, %sequences heads 1 scale 1.0 : tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
    %r = weft.take_rows %a at %rows : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
    %l = weft.linear %r, %table : (tensor<?x2xf32>, tensor<3x2xf32>) -> tensor<?x3xf32>
    return %l : tensor<?x3xf32>
  }
}

// -----

// expected-error @+1 {{expected a function @forward with a body, found none}}
module attributes {weft.vocabulary = 3 : i64} {
  func.func private @forward(%tokens: tensor<?xi32>) -> tensor<?x3xf32>
}

// -----

// expected-error @+1 {{expected an entry point of (tokens, positions, sequences, rows), found 1 arguments}}
func.func @f(%tokens: tensor<?xi32>) {
  return
}

// -----

// A port of rows that kernels would read 32 bytes of, and the runtime gives 4.
// expected-error @+1 {{expected %tokens of type 'tensor<?xi32>', found 'tensor<?x8xf32>'}}
func.func @f(%tokens: tensor<?x8xf32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  return
}

// -----

// expected-error @+1 {{expected %positions of type 'tensor<?xi32>', found 'tensor<4xi32>'}}
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<4xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  return
}

// -----

// expected-error @+1 {{expected the attribute 'weft.rows' at %rows alone, found none at %rows}}
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32>) {
  return
}

// -----

// expected-error @+1 {{expected the attribute 'weft.rows' at %rows alone, found it at %tokens}}
func.func @f(%tokens: tensor<?xi32> {weft.rows}, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  return
}

// -----

// expected-error @+1 {{expected results of plain f32 and ?xC elements with C known, found 'tensor<?xi32>'}}
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?xi32> {
  return %tokens : tensor<?xi32>
}

// -----

module attributes {weft.vocabulary = 4 : i64} {
  weft.parameter @table : tensor<8x3xf32> = dense<1.0> : tensor<8x3xf32>
  // expected-error @+1 {{expected @forward to return logits of weft.vocabulary = 4 columns}}
  func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x3xf32> {
    %table = weft.weight @table : tensor<8x3xf32>
    %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<8x3xf32>) -> tensor<?x3xf32>
    return %x : tensor<?x3xf32>
  }
}

// -----

module attributes {weft.vocabulary = 3 : i64} {
  weft.parameter @table : tensor<8x3xf32> = dense<1.0> : tensor<8x3xf32>
  // expected-error @+1 {{expected @forward to return a row for each of %rows, found one for each token}}
  func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x3xf32> {
    %table = weft.weight @table : tensor<8x3xf32>
    %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<8x3xf32>) -> tensor<?x3xf32>
    return %x : tensor<?x3xf32>
  }
}

// -----

// Columns that nobody knows would be of -2^63 bytes in the plan; they can only come from a port.
// expected-error @+1 {{expected %sequences of type 'tensor<?xi32>', found 'tensor<?x?xf32>'}}
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?x?xf32>, %rows: tensor<?xi32> {weft.rows}) {
  return
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  // expected-error @+1 {{'weft.columns' op expected a result of ?xC elements with C known, 1 to 2^31 - 1, found 'tensor<?x0xf32>'}}
  %y = weft.columns %x from 0 : (tensor<?x2xf32>) -> tensor<?x0xf32>
  return
}

// -----

// A value of so many rows as a weight has is none for each token.
weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  // expected-error @+1 {{'weft.silu' op expected a result of ?xC elements with C known, 1 to 2^31 - 1, found 'tensor<3x2xf32>'}}
  %x = weft.silu %w : tensor<3x2xf32>
  return
}

// -----

// The runtime knows how many tokens and positions there are, and nothing of other indices.
weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  // expected-error @+1 {{'weft.embed' op expected indices from %tokens or %positions of the entry point, whose range is checked; found %rows}}
  %x = weft.embed %rows in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  // expected-error @+1 {{'weft.embed' op expected indices from %tokens or %positions of the entry point, whose range is checked; found %sequences}}
  %x = weft.embed %sequences in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %i = arith.constant dense<[1000000]> : tensor<1xi32>
  // expected-error @+1 {{'weft.embed' op expected indices from %tokens or %positions of the entry point, whose range is checked; found other ones}}
  %x = weft.embed %i in %w : (tensor<1xi32>, tensor<3x2xf32>) -> tensor<1x2xf32>
  return
}

// -----

// A row of another value for a token is none of a table.
weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  // expected-error @+1 {{'weft.embed' op expected the table of an embedding to be a weight, found 'tensor<?x2xf32>'}}
  %y = weft.embed %positions in %x : (tensor<?xi32>, tensor<?x2xf32>) -> tensor<?x2xf32>
  return
}

// -----

module attributes {weft.vocabulary = 4 : i64} {
  weft.parameter @w : tensor<3x4xf32> = dense<1.0> : tensor<3x4xf32>
  func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> tensor<?x4xf32> {
    %w = weft.weight @w : tensor<3x4xf32>
    // expected-error @+1 {{'weft.embed' op expected an embedding of at least 4 rows, found 3}}
    %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x4xf32>) -> tensor<?x4xf32>
    %r = weft.take_rows %x at %rows : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
    return %r : tensor<?x4xf32>
  }
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  // expected-error @+1 {{'weft.take_rows' op expected indices from %rows of the entry point, whose range is checked; found %tokens}}
  %y = weft.take_rows %x at %tokens : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  return
}

// -----

// Rows are numbers of tokens, of which there may be more than wanted rows.
weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %y = weft.take_rows %x at %rows : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  // expected-error @+1 {{'weft.take_rows' op expected a value with a row for each token, found one for each of the others: 'tensor<?x2xf32>'}}
  %z = weft.take_rows %y at %rows : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  return
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %y = weft.take_rows %x at %rows : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
  // expected-error @+1 {{'weft.add' op expected operands with a row for each token or for each wanted row, found both}}
  %z = weft.add %x, %y : tensor<?x2xf32>, tensor<?x2xf32>
  return
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  // expected-error @+1 {{'weft.append' op expected indices from %positions of the entry point, whose range is checked; found %tokens}}
  %new = weft.append %x, %x to %kv at %tokens, %sequences : tensor<?x2xf32>, tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  // expected-error @+1 {{'weft.attend' op expected indices from %sequences of the entry point, whose range is checked; found %tokens}}
  %a = weft.attend %x in %kv at %positions, %tokens heads 1 scale 1.0 : tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

// There is one memory behind all values of a state.
weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  %new = weft.append %x, %x to %kv at %positions, %sequences : tensor<?x2xf32>, tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  // expected-error @+1 {{'weft.attend' op uses a state that was changed before: expected its newest value}}
  %a = weft.attend %x in %kv at %positions, %sequences heads 1 scale 1.0 : tensor<?x2xf32>, !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  return
}

// -----

// A kernel is checked for every dispatch: what it takes for tokens may be other indices.
weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.dispatch @embed(%tokens, %w) : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  %y = weft.dispatch @embed(%sequences, %w) : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return
}
func.func private @embed(%ids: tensor<?xi32>, %table: tensor<3x2xf32>) -> tensor<?x2xf32> attributes {weft.kernel, weft.role = #weft.role<row>} {
  // expected-error @+1 {{'weft.embed' op expected indices from %tokens or %positions of the entry point, whose range is checked; found %sequences}}
  %0 = weft.embed %ids in %table : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

weft.parameter @w : tensor<3x2xf32> = dense<1.0> : tensor<3x2xf32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %w = weft.weight @w : tensor<3x2xf32>
  %x = weft.embed %tokens in %w : (tensor<?xi32>, tensor<3x2xf32>) -> tensor<?x2xf32>
  // expected-error @+1 {{'weft.dispatch' op expected operand 0 to have the rows of the kernel's argument; 'weft.rows' says which}}
  %y = weft.dispatch @silu(%x) : (tensor<?x2xf32>) -> tensor<?x2xf32>
  return
}
func.func private @silu(%x: tensor<?x2xf32> {weft.rows}) -> tensor<?x2xf32> attributes {weft.kernel, weft.role = #weft.role<row>} {
  %0 = weft.silu %x : tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
}

// -----

weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  %new = weft.dispatch @other(%kv) : (!weft.kv<heads = 1, head_dim = 2, element = f32>) -> !weft.kv<heads = 1, head_dim = 2, element = f32>
  return
}
// expected-error @+1 {{expected kernel 'other' to return states that it was given, found another}}
func.func private @other(%given: !weft.kv<heads = 1, head_dim = 2, element = f32>) -> !weft.kv<heads = 1, head_dim = 2, element = f32> attributes {weft.kernel, weft.role = #weft.role<row>} {
  %0 = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  return %0 : !weft.kv<heads = 1, head_dim = 2, element = f32>
}

// -----

func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  // expected-error @+1 {{'weft.dispatch' op expected an entry point that calls a kernel with a body}}
  weft.dispatch @external() : () -> ()
  return
}
func.func private @external() attributes {weft.kernel}

// -----

// expected-error @+1 {{expected a body of one block}}
func.func @f(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) {
  return
^unreached:
  return
}
