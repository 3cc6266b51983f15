// Storage formats, sources of weights, symbolic sizes, and the type of states.

#ifndef WEFT_ATTRIBUTES_TD
#define WEFT_ATTRIBUTES_TD

include "ir/WeftDialect.td"
include "mlir/IR/TensorEncoding.td"

def Weft_TiledAttr : Weft_Attr<"Tiled", "tiled"> {
  let summary = "rows interleaved for a kernel";
  let description = [{
    `rows` rows stand interleaved, `depth` consecutive elements of a row together: the
    layout that a product kernel streams (ir/storage/Storage.h, `Arrangement::Tiled`). As
    the encoding of a tensor it is a dense matrix in that layout; inside `#weft.block` it
    arranges the codes.

    Example: `tensor<64x64xbf16, #weft.tiled<rows = 16, depth = 1>>`
  }];
  let parameters = (ins "unsigned":$rows, "unsigned":$depth);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_BlockAttr : Weft_Attr<"Block", "block", [
    DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "values held as blocks of small integers";
  let description = [{
    The encoding of an f32 tensor whose last dimension is cut into blocks of `size`
    elements; element = scale of its block * (code - `bias`). Codes have `bits` bits,
    unsigned where `bias` > 0 and two's complement where it is 0; the scale is of type
    `scale`. With `levels`, 16 growing numbers for the codes of 4 bits, element = scale of
    its block * (levels[code] / 128). The last block of a row is padded with zero values.

    With `super`, that many blocks share one scale and each has a sub-scale of 8 bits;
    element = (scale * sub-scale) * (code - `bias`). With `mins` as well, each block also
    has an unsigned minimum of 8 bits, and they share another scale; element =
    (scale * sub-scale) * code - scale of minima * minimum, with unsigned codes. Rows are
    whole super-blocks. The formats are those of the table in
    ir/storage/SuperBlockFormats.cpp.

    The arrangement is one of: none (row-major, each block `[scale | codes]`, as in a
    checkpoint), `split` (each row `[codes | scales | sums of the codes of each block]`:
    activations), or a `#weft.tiled`.

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

def Weft_SourceAttr : Weft_Attr<"Source", "source"> {
  let summary = "where the bytes of a weight lie";
  let description = [{
    A tensor of a file: its name there, the file, the offset of its first byte, and its
    type, whose encoding is how the file stores it. With `transposed` the parameter takes
    the transpose. The bytes themselves never become part of the IR.
  }];
  let parameters = (ins StringRefParameter<>:$tensor, StringRefParameter<>:$file,
                        "int64_t":$offset, "::mlir::RankedTensorType":$type,
                        DefaultValuedParameter<"bool", "false">:$transposed);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def Weft_SizeAttr : Weft_Attr<"Size", "size"> {
  let summary = "bytes as a formula";
  let description = [{
    `constant + tokens * n + rows * m` bytes, with n and m the most tokens and rows that
    one call may bring. Offsets and sizes of the memory plan.
  }];
  let parameters = (ins DefaultValuedParameter<"int64_t", "0">:$constant,
                        DefaultValuedParameter<"int64_t", "0">:$tokens,
                        DefaultValuedParameter<"int64_t", "0">:$rows);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Weft_KvType : Weft_Type<"Kv", "kv"> {
  let summary = "keys and values of earlier tokens";
  let description = [{
    For each sequence and position, `heads` keys and `heads` values of `head_dim`
    elements. With `blocks`, each key and each value is rounded to that format, as a row of a
    tensor with this encoding would be: codes of 8 bits, and a scale for so many elements;
    `element` is f32 then. A value of this type is the state at one point of a call: ops that change
    it give a new value, so the order of reads and writes is plain data flow. There is one
    memory behind all values of a state; only its newest value may be used.

    Example: `!weft.kv<heads = 8, head_dim = 64, element = f16>`; in 8.5 bits an element,
    `!weft.kv<heads = 8, head_dim = 64, element = f32, blocks = #weft.block<bits = 8, size = 32, scale = f16>>`
  }];
  let parameters = (ins "int64_t":$heads, "int64_t":$head_dim, "::mlir::Type":$element,
                        OptionalParameter<"::weft::BlockAttr">:$blocks);
  let extraClassDeclaration = [{
    /// The keys (or values) of one position: a row for each head.
    ::mlir::RankedTensorType getRowType() const;
  }];
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // WEFT_ATTRIBUTES_TD
