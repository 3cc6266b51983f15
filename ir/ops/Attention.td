// Positions and attention.

#ifndef WEFT_OPS_ATTENTION_TD
#define WEFT_OPS_ATTENTION_TD

include "ir/WeftAttributes.td"

def Weft_RopePairs : I32EnumAttr<"RopePairs", "which elements a rotation takes together", [
    I32EnumAttrCase<"Halves", 0, "halves">,
    I32EnumAttrCase<"Neighbours", 1, "neighbours">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_RopePairsAttr : EnumAttr<Weft_Dialect, Weft_RopePairs, "pairs"> {
  let assemblyFormat = "$value";
}

def Weft_AttentionOps : OpDocGroup {
  let summary = "Attention";
  let description = "Rotary positions, and attention over the KV cache.";
}

let opDocGroup = Weft_AttentionOps in {

def Weft_RopeTableOp : Weft_Op<"rope_table", [Pure, Weft_RowWise]> {
  let summary = "cosines and sines of rotary positions";
  let description = [{
    With F frequencies: `result[i, f] = cos(positions[i] * frequencies[f])` and `result[i, F + f] =
    sin(positions[i] * frequencies[f])`. The product and its argument reduction are in f64, so that
    a position of 2^20 still has the accuracy of f32. Every kind of RoPE scaling is expressed by the
    frequencies.

    Constraint:
    - (C1) The result is `[rows of positions, 2 F]`.

    Examples:
    ```mlir
    %t = weft.rope_table %positions, %f : (tensor<?xi32>, tensor<4xf32>) -> tensor<?x8xf32>
    %u = weft.rope_table %three, %f : (tensor<3xi32>, tensor<4xf32>) -> tensor<3x8xf32>
    ```
  }];
  let arguments = (ins 1DTensorOf<[I32]>:$positions, 1DTensorOf<[F32]>:$frequencies);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $positions `,` $frequencies attr-dict `:` functional-type(operands, $result)
  }];
  let hasVerifier = 1;
}

def Weft_RopeOp : Weft_Op<"rope", [Pure, Weft_RowWise, AllTypesMatch<["input", "result"]>]> {
  let summary = "rotary position embedding";
  let description = [{
    A row is `heads` heads of D elements. If the table has 2 F columns, F pairs of each head are
    rotated: `(a, b) -> (a cos - b sin, a sin + b cos)` (Su et al. 2021, RoFormer, section 3.2.2).
    `halves` pairs element f with f + F (the order of Hugging Face), `neighbours` pairs 2f with 2f +
    1 (the paper, llama.cpp). Elements from 2 F on are unchanged.

    Constraints:
    - (C1) `heads` divides the columns of the input.
    - (C2) The table has an even number of columns, at most D.

    Examples:
    ```mlir
    %q = weft.rope %x by %t heads 8 halves : tensor<?x64xf32>, tensor<?x8xf32>
    %k = weft.rope %y by %t heads 4 neighbours : tensor<?x32xf32>, tensor<?x8xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 2DTensorOf<[F32]>:$table, I64Attr:$heads,
                       Weft_RopePairsAttr:$pairs);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $input `by` $table `heads` $heads $pairs attr-dict `:` type($input) `,` type($table)
  }];
  let hasVerifier = 1;
}

def Weft_AppendOp : Weft_Op<"append", [Pure, AllTypesMatch<["state", "result"]>]> {
  let summary = "stores keys and values in a state";
  let description = [{
    Returns the state in which the keys and values of token i are at position `positions[i]` of
    sequence `sequences[i]`, rounded to the state's storage: its element type, or blocks of each
    head's D elements.

    Constraint:
    - (C1) `keys` and `values` have heads * head_dim columns of the state.

    Examples:
    ```mlir
    %kv1 = weft.append %k, %v to %kv0 at %positions, %sequences
        : tensor<?x32xf32>, tensor<?x32xf32>, !weft.kv<heads = 4, head_dim = 8, element = f32>,
          tensor<?xi32>, tensor<?xi32>
    %h1 = weft.append %k, %v to %h0 at %positions, %sequences
        : tensor<?x32xf32>, tensor<?x32xf32>, !weft.kv<heads = 2, head_dim = 16, element = f16>,
          tensor<?xi32>, tensor<?xi32>
    ```
  }];
  let arguments = (ins Weft_KvType:$state, 2DTensorOf<[F32]>:$keys, 2DTensorOf<[F32]>:$values,
                       1DTensorOf<[I32]>:$positions, 1DTensorOf<[I32]>:$sequences);
  let results = (outs Weft_KvType:$result);
  let assemblyFormat = [{
    $keys `,` $values `to` $state `at` $positions `,` $sequences attr-dict
      `:` type($keys) `,` type($values) `,` type($state) `,` type($positions) `,` type($sequences)
  }];
  let hasVerifier = 1;
}

def Weft_AttendOp : Weft_Op<"attend", [Pure, AllTypesMatch<["queries", "result"]>]> {
  let summary = "causal attention over a state";
  let description = [{
    For token i, query head h and the state's head g = h / (heads / state heads): `result[i, h] =
    sum_j p_j V[j, g]`, `p = softmax_j(scale * queries[i, h] . K[j, g])`, over the positions j = 0
    .. `positions[i]` of sequence `sequences[i]` (Vaswani et al. 2017; grouped heads: Ainslie et al.
    2023). If the state is stored in blocks, each head's query is first rounded as `weft.quantize`
    does, to blocks of the same length with 8-bit codes and f32 scales, so that q . k are products
    of integers.

    With `window`, j begins at max(0, positions[i] - window + 1) (Beltagy et al. 2020,
    Longformer, section 3.1): a token sees itself and the window - 1 before it.

    Constraints:
    - (C1) The state's heads divide `heads`.
    - (C2) A window is 1 to 2^30.
    - (C3) The columns of `queries` are heads * head_dim.

    Examples:
    ```mlir
    %a = weft.attend %q in %kv at %positions, %sequences heads 8 scale 3.5e-1
        : tensor<?x64xf32>, !weft.kv<heads = 4, head_dim = 8, element = f32>, tensor<?xi32>,
          tensor<?xi32>
    %near = weft.attend %q in %kv at %positions, %sequences heads 8 scale 3.5e-1 window 4096
        : tensor<?x64xf32>, !weft.kv<heads = 4, head_dim = 8, element = f32>, tensor<?xi32>,
          tensor<?xi32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$queries, Weft_KvType:$state,
                       1DTensorOf<[I32]>:$positions, 1DTensorOf<[I32]>:$sequences,
                       I64Attr:$heads, F32Attr:$scale, OptionalAttr<I64Attr>:$window);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $queries `in` $state `at` $positions `,` $sequences `heads` $heads `scale` $scale
      (`window` $window^)? attr-dict
      `:` type($queries) `,` type($state) `,` type($positions) `,` type($sequences)
  }];
  let hasVerifier = 1;
}

} // opDocGroup

#endif // WEFT_OPS_ATTENTION_TD
