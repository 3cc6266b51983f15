// Positions and attention.

#ifndef WEFT_OPS_ATTENTION_TD
#define WEFT_OPS_ATTENTION_TD

include "ir/WeftAttributes.td"
include "mlir/IR/EnumAttr.td"

def Weft_RopePairs : I32EnumAttr<"RopePairs", "which elements a rotation takes together", [
    I32EnumAttrCase<"Halves", 0, "halves">,
    I32EnumAttrCase<"Neighbours", 1, "neighbours">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_RopePairsAttr : EnumAttr<Weft_Dialect, Weft_RopePairs, "pairs"> {
  let assemblyFormat = "$value";
}

def Weft_RopeTableOp : Weft_Op<"rope_table", [Pure, Weft_RowWise]> {
  let summary = "cosines and sines of rotary positions";
  let description = [{
    With F frequencies: `result[i, f] = cos(positions[i] * frequencies[f])` and
    `result[i, F + f] = sin(positions[i] * frequencies[f])`. The product and its reduction
    are exact enough (f64) that a position of 2^20 still has the accuracy of f32. Every
    scaling of rotary positions is a matter of the frequencies.

    Constraint: the result is `[rows of positions, 2 F]`.
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
    A row is `heads` heads of D elements; F pairs of each head are rotated, where the
    table has 2 F columns: `(a, b) -> (a cos - b sin, a sin + b cos)` (Su et al. 2021,
    RoFormer, section 3.2.2). `halves` pairs element f with f + F (the order of Hugging
    Face), `neighbours` pairs 2f with 2f + 1 (the paper, llama.cpp). Elements from 2 F on
    are left as they are.

    Constraints:
    1. `heads` divides the columns of the input.
    2. 2 F is at most D.
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
  let summary = "remembers keys and values";
  let description = [{
    The state with the keys and values of token i put at position `positions[i]` of
    sequence `sequences[i]`, rounded to what the state holds: its element type, or each
    head's D elements to its blocks.

    Constraint: `keys` and `values` have heads * head_dim columns of the state.
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
    For token i, query head h and the state's head g = h / (heads / state heads):
    `result[i, h] = sum_j p_j V[j, g]`, `p = softmax_j(scale * queries[i, h] . K[j, g])`,
    over the positions j = 0 .. `positions[i]` of sequence `sequences[i]` (Vaswani et al.
    2017; grouped heads: Ainslie et al. 2023). Where the state is held in blocks, each
    head's query is first rounded to blocks of the same length with codes of 8 bits and
    scales of f32, as `weft.quantize` rounds, so that q . k are products of integers.

    With `window`, j begins at max(0, positions[i] - window + 1) (Beltagy et al. 2020,
    Longformer, section 3.1): a token sees itself and the window - 1 before it.

    Constraints:
    1. The columns of `queries` are heads * head_dim, and the state's heads divide `heads`.
    2. A window is 1 to 2^30.
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

#endif // WEFT_OPS_ATTENTION_TD
