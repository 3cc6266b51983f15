#include "ir/Weft.h"

#include "ir/storage/SuperBlock.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

#include <algorithm>
#include <functional>

using namespace mlir;
using namespace weft;

#include "ir/WeftEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/WeftAttributes.cpp.inc"

void WeftDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/WeftAttributes.cpp.inc"
      >();
}

LogicalResult TiledAttr::verify(function_ref<InFlightDiagnostic()> emitError, unsigned rows,
                                unsigned depth) {
  if (rows == 0 || rows > 256 || depth == 0 || depth > 64)
    return emitError() << "expected 1 to 256 rows and a depth of 1 to 64, found " << rows << " and "
                       << depth << " (C1)";
  return success();
}

/// Tiles of a block format whose blocks have `bytes` bytes of codes.
static LogicalResult verifyTile(function_ref<InFlightDiagnostic()> emitError, unsigned bytes,
                                TiledAttr tiled) {
  if (tiled && bytes % tiled.getDepth() != 0)
    return emitError() << "expected a depth of the tiles that divides the " << bytes
                       << " bytes of a block's codes, found " << tiled.getDepth() << " (C10)";
  return success();
}

LogicalResult BlockAttr::verify(function_ref<InFlightDiagnostic()> emitError, unsigned bits,
                                unsigned size, Type scale, int64_t bias, bool split,
                                TiledAttr tiled, DenseI8ArrayAttr levels, unsigned super,
                                bool mins) {
  if (super) {
    Storage storage{scalarOf(scale), bits, size, static_cast<int>(bias), {}, {}, super, mins};
    if (storage.bias != bias || !findSuperBlockFormat(storage) || levels)
      return emitError() << "expected super-blocks of the numbers of " << superBlockFormatNames()
                         << "; found other ones (C1)";
    if (split)
      return emitError() << "expected super-blocks in rows or tiles, found split ones (C2)";
    return verifyTile(emitError, size * bits / 8, tiled);
  }
  if (mins)
    return emitError() << "expected minima with super-blocks only (C3)";
  if (bits != 4 && bits != 8)
    return emitError() << "expected codes of 4 or 8 bits, found " << bits << " (C4)";
  if (size == 0 || size % 2 != 0 || size > 65534)
    return emitError() << "expected an even block size up to 65534, found " << size << " (C5)";
  if (!scale.isF32() && !scale.isF16() && !scale.isBF16() && !isa<Float8E4M3B11FNUZType>(scale))
    return emitError() << "expected a scale of f32, f16, bf16 or f8E4M3B11FNUZ, found " << scale
                       << " (C6)";
  if (isa<Float8E4M3B11FNUZType>(scale) && !levels)
    return emitError() << "expected a scale of f8E4M3B11FNUZ beside levels only (C6)";
  if (bias < 0 || bias >= (int64_t(1) << bits))
    return emitError() << "expected a bias of 0 to " << (1 << bits) - 1 << ", found " << bias
                       << " (C7)";
  if (levels && (bits != 4 || bias != 0 || levels.size() != 16))
    return emitError() << "expected 16 levels for codes of 4 bits with bias 0, found "
                       << levels.size() << " for " << bits << " bits with bias " << bias << " (C8)";
  if (levels && std::adjacent_find(levels.asArrayRef().begin(), levels.asArrayRef().end(),
                                   std::greater_equal<>()) != levels.asArrayRef().end())
    return emitError() << "expected levels that grow, found " << levels << " (C8)";
  if (split && tiled)
    return emitError() << "a block format is either split or tiled (C9)";
  return verifyTile(emitError, size * bits / 8, tiled);
}

LogicalResult BlockAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                        function_ref<InFlightDiagnostic()> emitError) const {
  int64_t multiple = getSuper() ? int64_t(getSuper()) * getSize() : 1;
  if (!shape.empty() && !ShapedType::isDynamic(shape.back()) && shape.back() % multiple != 0)
    return emitError() << "expected rows of a multiple of the " << multiple
                       << " elements of a super-block, found " << shape.back() << " (C11)";
  return success();
}

LogicalResult FileCheckAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t size,
                                    int64_t header, uint64_t hash) {
  if (size < 1 || header < 0 || header > size)
    return emitError() << "expected a file of at least 1 byte with a header inside, found " << size
                       << " bytes and a header of " << header << " (C1)";
  return success();
}

LogicalResult SourceAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef tensor,
                                 StringRef file, int64_t offset, RankedTensorType type,
                                 bool transposed, FileCheckAttr check) {
  if (offset < 0)
    return emitError() << "expected an offset of at least 0, found " << offset << " (C1)";
  if (!type.hasStaticShape() || type.getRank() < 1 || type.getRank() > 2)
    return emitError() << "expected a static type of rank 1 or 2 for tensor '" << tensor
                       << "', found " << type << " (C2)";
  Type element = type.getElementType();
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return emitError() << "expected elements of f32, f16 or bf16 for tensor '" << tensor
                       << "', found " << type << " (C3)";
  return success();
}

Scalar weft::scalarOf(Type type) {
  if (type.isF16())
    return Scalar::F16;
  if (type.isBF16())
    return Scalar::BF16;
  if (isa<Float8E4M3B11FNUZType>(type))
    return Scalar::F8;
  return Scalar::F32;
}

static Type typeOf(MLIRContext *context, Scalar scalar) {
  switch (scalar) {
  case Scalar::F16:
    return Float16Type::get(context);
  case Scalar::BF16:
    return BFloat16Type::get(context);
  case Scalar::F8:
    return Float8E4M3B11FNUZType::get(context);
  case Scalar::F32:
    return Float32Type::get(context);
  }
  llvm_unreachable("a scalar type");
}

static Arrangement arrangementOf(TiledAttr tiled) {
  return {Arrangement::Kind::Tiled, tiled.getRows(), tiled.getDepth()};
}

Storage weft::storageOf(RankedTensorType type) {
  Attribute encoding = type.getEncoding();
  if (auto block = dyn_cast_or_null<BlockAttr>(encoding)) {
    Storage storage{scalarOf(block.getScale()),
                    block.getBits(),
                    block.getSize(),
                    static_cast<int>(block.getBias()),
                    {}};
    if (block.getSplit())
      storage.arrangement.kind = Arrangement::Kind::Split;
    if (block.getTiled())
      storage.arrangement = arrangementOf(block.getTiled());
    storage.super = block.getSuper();
    storage.mins = block.getMins();
    if (block.getLevels())
      llvm::copy(block.getLevels().asArrayRef(), storage.levels.begin());
    return storage;
  }
  Storage storage = Storage::dense(scalarOf(type.getElementType()));
  if (auto tiled = dyn_cast_or_null<TiledAttr>(encoding))
    storage.arrangement = arrangementOf(tiled);
  return storage;
}

Storage weft::storageOf(KvType type) { return storageOf(type.getRowType()); }

KvType weft::kvTypeOf(MLIRContext *context, int64_t heads, int64_t headDim,
                      const Storage &storage) {
  auto plain = RankedTensorType::get({heads, headDim}, Float32Type::get(context));
  RankedTensorType row = withStorage(plain, storage);
  return KvType::get(context, heads, headDim, row.getElementType(),
                     dyn_cast_or_null<BlockAttr>(row.getEncoding()));
}

RankedTensorType weft::withStorage(RankedTensorType type, const Storage &storage) {
  MLIRContext *context = type.getContext();
  const Arrangement &arrangement = storage.arrangement;
  TiledAttr tiled;
  if (arrangement.kind == Arrangement::Kind::Tiled)
    tiled = TiledAttr::get(context, arrangement.rows, arrangement.depth);
  if (!storage.isBlock())
    return RankedTensorType::get(type.getShape(), typeOf(context, storage.scalar), tiled);
  auto block = BlockAttr::get(context, storage.bits, storage.block, typeOf(context, storage.scalar),
                              storage.bias, arrangement.kind == Arrangement::Kind::Split, tiled,
                              storage.hasLevels() ? DenseI8ArrayAttr::get(context, storage.levels)
                                                  : DenseI8ArrayAttr(),
                              storage.super, storage.mins);
  return RankedTensorType::get(type.getShape(), Float32Type::get(context), block);
}

int64_t weft::bytesOf(RankedTensorType type) {
  int64_t rows = type.getRank() == 2 ? type.getDimSize(0) : 1;
  return storageOf(type).bytes(rows, type.getShape().back());
}
