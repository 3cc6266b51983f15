// Normalization of rows.

#ifndef WEFT_OPS_NORM_TD
#define WEFT_OPS_NORM_TD

include "ir/WeftAttributes.td"

def Weft_NormOps : OpDocGroup {
  let summary = "Normalization";
  let description = "Normalization of rows.";
}

let opDocGroup = Weft_NormOps in {

def Weft_RmsNormOp : Weft_Op<"rms_norm",
    [Pure, Weft_RowWise, AllTypesMatch<["input", "result"]>]> {
  let summary = "root-mean-square normalization";
  let description = [{
    `result[i, j] = input[i, j] / sqrt(mean_j(input[i, j]^2) + epsilon) * weight[j]`
    (Zhang and Sennrich 2019).

    Constraint:
    - (C1) `weight` is a vector of the input's last dimension.

    Examples:
    ```mlir
    %n = weft.rms_norm %x, %w epsilon 1.0e-5 : tensor<?x64xf32>, tensor<64xf32>
    %m = weft.rms_norm %static, %v epsilon 1.0e-6 : tensor<3x8xf32>, tensor<8xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 1DTensorOf<[F32]>:$weight, F32Attr:$epsilon);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $input `,` $weight `epsilon` $epsilon attr-dict `:` type($input) `,` type($weight)
  }];
  let hasVerifier = 1;
}

def Weft_LayerNormOp : Weft_Op<"layer_norm",
    [Pure, Weft_RowWise, AllTypesMatch<["input", "result"]>]> {
  let summary = "layer normalization";
  let description = [{
    `(x - mean) / sqrt(variance + epsilon) * weight + bias` over each row, with the
    variance divided by the number of elements (Ba, Kiros and Hinton 2016).

    Constraints:
    - (C1) `weight` is a vector of the input's last dimension.
    - (C2) So is `bias`.

    Examples:
    ```mlir
    %n = weft.layer_norm %x, %w, %b epsilon 1.0e-5
        : tensor<?x64xf32>, tensor<64xf32>, tensor<64xf32>
    %m = weft.layer_norm %static, %v, %v epsilon 1.0e-12
        : tensor<3x8xf32>, tensor<8xf32>, tensor<8xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 1DTensorOf<[F32]>:$weight,
                       1DTensorOf<[F32]>:$bias, F32Attr:$epsilon);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = [{
    $input `,` $weight `,` $bias `epsilon` $epsilon attr-dict
      `:` type($input) `,` type($weight) `,` type($bias)
  }];
  let hasVerifier = 1;
}

} // opDocGroup

#endif // WEFT_OPS_NORM_TD
