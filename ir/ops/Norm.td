// Normalization of rows.

#ifndef WEFT_OPS_NORM_TD
#define WEFT_OPS_NORM_TD

include "ir/WeftAttributes.td"

def Weft_RmsNormOp : Weft_Op<"rms_norm",
    [Pure, Weft_RowWise, AllTypesMatch<["input", "result"]>]> {
  let summary = "root-mean-square normalization";
  let description = [{
    `result[i, j] = input[i, j] / sqrt(mean_j(input[i, j]^2) + epsilon) * weight[j]`
    (Zhang and Sennrich 2019).

    Constraint: `weight` is a vector of the input's last dimension.
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

    Constraint: `weight` and `bias` are vectors of the input's last dimension.
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

#endif // WEFT_OPS_NORM_TD
