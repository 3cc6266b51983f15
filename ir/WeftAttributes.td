// Storage formats, sources of weights, symbolic sizes, and the type of states.

#ifndef WEFT_ATTRIBUTES_TD
#define WEFT_ATTRIBUTES_TD

include "ir/WeftDialect.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"

def Weft_TiledAttr : Weft_Attr<"Tiled", "tiled"> {
  let summary = "arrangement with interleaved rows";
  let description = [{
    `rows` rows are interleaved, and `depth` consecutive elements of a row are contiguous: the
    layout that a product kernel streams (ir/storage/Storage.h, `Arrangement::Tiled`). As the
    encoding of a tensor it is a dense matrix in that layout; inside `#weft.block` it arranges the
    codes.

    Constraint:
    - (C1) `rows` is 1 to 256 and `depth` 1 to 64.

    Example: `tensor<64x64xbf16, #weft.tiled<rows = 16, depth = 1>>`
  }];
  let parameters = (ins "unsigned":$rows, "unsigned":$depth);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_BlockAttr : Weft_Attr<"Block", "block", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "values stored as blocks of small integers";
  let description = [{
    The encoding of an f32 tensor whose last dimension is divided into blocks of `size` elements:
    element = scale of its block * (code - `bias`). Codes have `bits` bits, unsigned if `bias` > 0
    and two's complement if it is 0. The scale has type `scale`. With `levels`, 16 growing numbers
    for 4-bit codes, element = scale of its block * (levels[code] / 128). The last block of a row is
    padded with zero values.

    With `super`, that many blocks share one scale, and each has a sub-scale of 8 bits: element =
    (scale * sub-scale) * (code - `bias`). With `mins` as well, each block also has an unsigned
    minimum of 8 bits, and the blocks share a second scale for the minima: element = (scale *
    sub-scale) * code - scale of minima * minimum, with unsigned codes. Rows are whole super-blocks.
    The possible formats are listed in ir/storage/SuperBlockFormats.cpp.

    The arrangement is one of: none (row-major, each block `[scale | codes]`, as in a
    checkpoint), `split` (each row `[codes | scales | sums of the codes of each block]`:
    activations), or a `#weft.tiled`.

    Constraints:
    - (C1) With `super`, the format is listed in that file and has no `levels`.
    - (C2) Super-blocks are in rows or tiles, not `split`.
    - (C3) `mins` is set only with `super`.
    - (C4) Without `super`, codes have 4 or 8 bits.
    - (C5) Without `super`, `size` is even and at most 65534.
    - (C6) `scale` is f32, f16 or bf16, or, with levels, f8E4M3B11FNUZ.
    - (C7) `bias` is at least 0 and below 2^`bits`.
    - (C8) `levels` are 16 growing numbers, for 4-bit codes with bias 0.
    - (C9) Blocks are not both `split` and `tiled`.
    - (C10) The depth of the tiles divides the number of code bytes of a block.
    - (C11) Rows of a tensor are whole super-blocks.

    Example: GGUF's Q4_0 is `#weft.block<bits = 4, size = 32, scale = f16, bias = 8>`, its
    Q4_K `#weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>`, its Q6_K
    `#weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>`.
  }];
  let parameters = (ins "unsigned":$bits, "unsigned":$size, "::mlir::Type":$scale,
                        DefaultValuedParameter<"int64_t", "0">:$bias,
                        DefaultValuedParameter<"bool", "false">:$split,
                        OptionalParameter<"::weft::TiledAttr">:$tiled,
                        OptionalParameter<"::mlir::DenseI8ArrayAttr">:$levels,
                        DefaultValuedParameter<"unsigned", "0">:$super,
                        DefaultValuedParameter<"bool", "false">:$mins);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_FileCheckAttr : Weft_Attr<"FileCheck", "file_check"> {
  let summary = "identity of a file of weights";
  let description = [{
    The file's size in bytes, the number of bytes before the first weight (its header), and a hash
    of the header and of samples of the rest (ir/storage/WeightFiles.h, `FileCheck`). It detects
    that a checkpoint was replaced, even by a fine-tuned one of the same shape.

    Constraint:
    - (C1) `size` is at least 1 and `header` 0 to `size`.

    Example: `#weft.file_check<size = 1185376, header = 4096, hash = 81985529216486895>`
  }];
  let parameters = (ins "int64_t":$size, "int64_t":$header, "uint64_t":$hash);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_SourceAttr : Weft_Attr<"Source", "source"> {
  let summary = "where the bytes of a weight lie";
  let description = [{
    A tensor of a file: its name in the file, the file, the offset of its first byte, and its type,
    whose encoding says how the file stores it. With `transposed`, the parameter is the transpose of
    the tensor. The bytes themselves never become part of the IR.

    With `check`, the file must be the one that was imported; readers refuse any other.

    Constraints:
    - (C1) `offset` is at least 0.
    - (C2) `type` is a static tensor of rank 1 or 2.
    - (C3) Its elements are f32, f16 or bf16.

    Example: `#weft.source<tensor = "blk.0.attn_q.weight", file = "stories.gguf", offset = 4096,
    type = tensor<64x64xf32>, check = <size = 1185376, header = 4096, hash = 81985529216486895>>`
  }];
  let parameters = (ins StringRefParameter<>:$tensor, StringRefParameter<>:$file,
                        "int64_t":$offset, "::mlir::RankedTensorType":$type,
                        DefaultValuedParameter<"bool", "false">:$transposed,
                        OptionalParameter<"::weft::FileCheckAttr">:$check);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_SizeAttr : Weft_Attr<"Size", "size"> {
  let summary = "bytes as a formula";
  let description = [{
    `constant + tokens * n + rows * m` bytes, where n and m are the most tokens and logits rows that
    one call may have. Offsets and sizes of the memory plan are such formulas.

    Example: `#weft.size<constant = 64, tokens = 256>`
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "0">:$constant,
                        DefaultValuedParameter<"int64_t", "0">:$tokens,
                        DefaultValuedParameter<"int64_t", "0">:$rows);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Weft_KvType : Weft_Type<"Kv", "kv"> {
  let summary = "keys and values of earlier tokens";
  let description = [{
    For each sequence and position, `heads` keys and `heads` values of `head_dim` elements. With
    `blocks`, each key and each value is rounded to that format, as a row of a tensor with this
    encoding is: 8-bit codes with a scale per block; `element` is f32 then. A value of this type is
    the state at one point of a call. Ops that change the state return a new value, so the order of
    reads and writes is data flow. All values of a state share one memory, so only the newest value
    may be used.

    Constraints:
    - (C1) There are 1 to 2^20 heads of 1 to 2^20 elements.
    - (C2) `element` is f32, f16 or bf16.
    - (C3) With `blocks`, `element` is f32.
    - (C4) `blocks` are rows of a multiple of 16 codes of 8 bits without a bias.

    Example: `!weft.kv<heads = 8, head_dim = 64, element = f16>`; in 8.5 bits an element,
    `!weft.kv<heads = 8, head_dim = 64, element = f32, blocks = #weft.block<bits = 8, size = 32, scale = f16>>`
  }];
  let parameters = (ins "int64_t":$heads, "int64_t":$head_dim, "::mlir::Type":$element,
                        OptionalParameter<"::weft::BlockAttr">:$blocks);
  let extraClassDeclaration = [{
    /// Returns the type of the keys (or values) of one position, with one row per head.
    ::mlir::RankedTensorType getRowType() const;
  }];
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_KernelRole : I32EnumAttr<"KernelRole", "what kind of kernel a function is", [
    I32EnumAttrCase<"Row", 0, "row">,
    I32EnumAttrCase<"Product", 1, "product">,
    I32EnumAttrCase<"Attention", 2, "attention">]> {
  let cppNamespace = "::weft";
  let genSpecializedAttr = 0;
}
def Weft_KernelRoleAttr : EnumAttr<Weft_Dialect, Weft_KernelRole, "role"> {
  let summary = "what kind of kernel a function is";
  let description = [{
    FormKernels sets it on each kernel as `weft.role`, by which backends choose a code generator:
    `row` computes one row at a time, `product` computes tiles of matrix products with the
    elementwise ops that follow, `attention` computes the heads of a `weft.attend`.

    Example: `attributes {weft.kernel, weft.role = #weft.role<product>}`
  }];
  let assemblyFormat = "`<` $value `>`";
}

#endif // WEFT_ATTRIBUTES_TD
