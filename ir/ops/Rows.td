// Choosing rows and columns.

#ifndef WEFT_OPS_ROWS_TD
#define WEFT_OPS_ROWS_TD

include "ir/WeftAttributes.td"

def Weft_RowsOps : OpDocGroup {
  let summary = "Rows and columns";
  let description = "Choosing rows and columns.";
}

let opDocGroup = Weft_RowsOps in {

def Weft_EmbedOp : Weft_Op<"embed", [Pure, Weft_RowWise]> {
  let summary = "rows of a table";
  let description = [{
    `result[i, :] = table[ids[i], :]`, as f32. The result for an id outside the table is undefined;
    the runtime checks token ids and positions before a call.

    Constraint:
    - (C1) The result has the rows of `ids` and the columns of the table, and is plain f32.

    Examples:
    ```mlir
    %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<512x64xf32>) -> tensor<?x64xf32>
    %p = weft.embed %positions in %wpe : (tensor<?xi32>, tensor<96x64xf16>) -> tensor<?x64xf32>
    ```
  }];
  let arguments = (ins 1DTensorOf<[I32]>:$ids, 2DTensorOf<[F32, F16, BF16]>:$table);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$ids `in` $table attr-dict `:` functional-type(operands, $result)";
  let hasVerifier = 1;
}

def Weft_TakeRowsOp : Weft_Op<"take_rows", [Pure]> {
  let summary = "some rows of a value";
  let description = [{
    `result[i, :] = input[rows[i], :]`. It changes the number of rows of a value from n (tokens) to
    m (logits rows), so that the ops that follow compute only the rows whose logits are asked for.

    Constraint:
    - (C1) The result has the type of the input, with the first dimension of `rows`.

    Examples:
    ```mlir
    %wanted = weft.take_rows %x at %rows : (tensor<?x64xf32>, tensor<?xi32>) -> tensor<?x64xf32>
    %one = weft.take_rows %y at %row : (tensor<?x8xf32>, tensor<1xi32>) -> tensor<1x8xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, 1DTensorOf<[I32]>:$rows);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input `at` $rows attr-dict `:` functional-type(operands, $result)";
  let hasVerifier = 1;
}

def Weft_ColumnsOp : Weft_Op<"columns", [Pure, Weft_RowWise]> {
  let summary = "a range of columns";
  let description = [{
    `result[i, j] = input[i, begin + j]`. It splits the result of a merged product; kernels read the
    columns in place.

    Constraints:
    - (C1) The columns `[begin, begin + columns of the result)` exist in the input.
    - (C2) Both are plain values with the same rows.

    Examples:
    ```mlir
    %q = weft.columns %qkv from 0 : (tensor<?x96xf32>) -> tensor<?x64xf32>
    %k = weft.columns %qkv from 64 : (tensor<?x96xf32>) -> tensor<?x16xf32>
    ```
  }];
  let arguments = (ins 2DTensorOf<[F32]>:$input, I64Attr:$begin);
  let results = (outs 2DTensorOf<[F32]>:$result);
  let assemblyFormat = "$input `from` $begin attr-dict `:` functional-type(operands, $result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

} // opDocGroup

#endif // WEFT_OPS_ROWS_TD
