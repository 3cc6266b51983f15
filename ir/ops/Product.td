// Matrix products and the quantization of their inputs.

#ifndef WEFT_OPS_PRODUCT_TD
#define WEFT_OPS_PRODUCT_TD

include "ir/WeftAttributes.td"

def Weft_ProductOps : OpDocGroup {
  let summary = "Products";
  let description = "Matrix products and the quantization of their inputs.";
}

let opDocGroup = Weft_ProductOps in {

def Weft_LinearOp : Weft_Op<"linear", [Pure, Weft_RowWise]> {
  let summary = "product with the transpose of a weight";
  let description = [{
    `result[i, j] = sum_k input[i, k] * weight[j, k]`. Input and weight may be stored in blocks; the
    sum is over the decoded values. A row of the result does not depend on the other rows of the
    call.

    Constraints:
    - (C1) `weight` is `[columns of the result, columns of the input]`.
    - (C2) The result has the rows of the input and is plain f32.
    - (C3) If the input is stored in blocks, the weight is too, with the same block length.

    Examples:
    ```mlir
    %q = weft.linear %x, %w : (tensor<?x64xf32>, tensor<96x64xbf16>) -> tensor<?x96xf32>
    %p = weft.linear %i, %b
        : (tensor<?x64xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>,
           tensor<96x64xf32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>>)
        -> tensor<?x96xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 2DTensorOf<[F32, F16, BF16]>:$weight);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input `,` $weight attr-dict `:` functional-type(operands, $result)";
  let hasVerifier = 1;
}

def Weft_QuantizeOp : Weft_Op<"quantize", [Pure, Weft_RowWise]> {
  let summary = "rounds rows to blocks of 8-bit integers";
  let description = [{
    For each block of a row: `scale = max|x| / 127`, `code = round(x / scale)` to the nearest, ties
    to even (all codes 0 if the maximum is 0). The value of an element is `scale * code`. The result
    is the input of products with quantized weights, so that they run on integer instructions.

    Constraint:
    - (C1) The result has the shape of the input and a `split` block encoding of 8 bits, bias 0
      and scale f32.

    Examples:
    ```mlir
    %i = weft.quantize %x : tensor<?x64xf32>
        -> tensor<?x64xf32, #weft.block<bits = 8, size = 32, scale = f32, split = true>>
    %j = weft.quantize %x : tensor<?x64xf32>
        -> tensor<?x64xf32, #weft.block<bits = 8, size = 16, scale = f32, split = true>>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasVerifier = 1;
}

} // opDocGroup

#endif // WEFT_OPS_PRODUCT_TD
