// Matrix products and the quantization of their inputs.

#ifndef WEFT_OPS_PRODUCT_TD
#define WEFT_OPS_PRODUCT_TD

include "ir/WeftAttributes.td"

def Weft_LinearOp : Weft_Op<"linear", [Pure, Weft_RowWise]> {
  let summary = "product with the transpose of a weight";
  let description = [{
    `result[i, j] = sum_k input[i, k] * weight[j, k]`. Both sides may be stored in blocks;
    the sum is over the values that the blocks stand for. The result of a row does not
    depend on which other rows there are.

    Constraints:
    1. `weight` is `[columns of the result, columns of the input]`.
    2. The result has the rows of the input and is plain f32.
    3. Where the input is stored in blocks, the weight is too, with the same block length.
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 2DTensorOf<[F32, F16, BF16]>:$weight);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input `,` $weight attr-dict `:` functional-type(operands, $result)";
  let hasVerifier = 1;
}

def Weft_QuantizeOp : Weft_Op<"quantize", [Pure, Weft_RowWise]> {
  let summary = "rounds rows to blocks of 8-bit integers";
  let description = [{
    For each block of a row: `scale = max|x| / 127`, `code = round(x / scale)` to the
    nearest, ties to even (all codes 0 where the maximum is 0). The result stands for
    `scale * code`. Products with quantized weights take it as input, so that they run on
    integer instructions.

    Constraint: the result has the shape of the input and a `split` block encoding of 8
    bits, bias 0 and scale f32.
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

#endif // WEFT_OPS_PRODUCT_TD
