// Arithmetic element by element, and activation functions.

#ifndef WEFT_OPS_ELEMENTWISE_TD
#define WEFT_OPS_ELEMENTWISE_TD

include "ir/WeftAttributes.td"

def Weft_ElementwiseOps : OpDocGroup {
  let summary = "Element by element";
  let description = "Arithmetic element by element, and activation functions.";
}

let opDocGroup = Weft_ElementwiseOps in {

class Weft_BinaryOp<string mnemonic> : Weft_Op<mnemonic,
    [Pure, Weft_RowWise, Weft_Elementwise, AllTypesMatch<["lhs", "result"]>]> {
  let arguments = (ins 2DTensorOf<[F32]>:$lhs, TensorOf<[F32]>:$rhs);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
  let hasVerifier = 1;
}

def Weft_AddOp : Weft_BinaryOp<"add"> {
  let summary = "sum, element by element";
  let description = [{
    `result[i, j] = lhs[i, j] + rhs[i, j]`, or `+ rhs[j]` where `rhs` is a vector.

    Constraint:
    - (C1) `rhs` has the type of `lhs`, or is a vector of its last dimension.

    Examples:
    ```mlir
    %s = weft.add %x, %y : tensor<?x64xf32>, tensor<?x64xf32>
    %t = weft.add %x, %v : tensor<?x64xf32>, tensor<64xf32>
    ```
  }];
}

def Weft_MulOp : Weft_BinaryOp<"mul"> {
  let summary = "product, element by element";
  let description = [{
    `result[i, j] = lhs[i, j] * rhs[i, j]`, or `* rhs[j]` where `rhs` is a vector.

    Constraint:
    - (C1) `rhs` has the type of `lhs`, or is a vector of its last dimension.

    Examples:
    ```mlir
    %s = weft.mul %x, %y : tensor<?x64xf32>, tensor<?x64xf32>
    %t = weft.mul %x, %v : tensor<?x64xf32>, tensor<64xf32>
    ```
  }];
}

class Weft_UnaryOp<string mnemonic> : Weft_Op<mnemonic,
    [Pure, Weft_RowWise, Weft_Elementwise, SameOperandsAndResultType]> {
  let arguments = (ins 2DTensorOf<[F32]>:$input);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Weft_SiluOp : Weft_UnaryOp<"silu"> {
  let summary = "sigmoid linear unit";
  let description = [{
    `x / (1 + exp(-x))` (Hendrycks and Gimpel 2016; also called swish).

    Examples:
    ```mlir
    %s = weft.silu %gate : tensor<?x172xf32>
    %t = weft.silu %static : tensor<3x8xf32>
    ```
  }];
}

def Weft_GeluOp : Weft_UnaryOp<"gelu"> {
  let summary = "Gaussian error linear unit, tanh form";
  let description = [{
    `0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))` (Hendrycks and Gimpel 2016, section
    2); GPT-2's activation.

    Examples:
    ```mlir
    %g = weft.gelu %up : tensor<?x256xf32>
    %h = weft.gelu %static : tensor<3x8xf32>
    ```
  }];
}

} // opDocGroup

#endif // WEFT_OPS_ELEMENTWISE_TD
