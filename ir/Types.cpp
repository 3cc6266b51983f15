#include "ir/Weft.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace weft;

#define GET_TYPEDEF_CLASSES
#include "ir/WeftTypes.cpp.inc"

void WeftDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/WeftTypes.cpp.inc"
      >();
}

LogicalResult KvType::verify(function_ref<InFlightDiagnostic()> emitError, int64_t heads,
                             int64_t headDim, Type element, BlockAttr blocks) {
  constexpr int64_t most = int64_t(1) << 20;
  if (heads <= 0 || headDim <= 0 || heads > most || headDim > most)
    return emitError() << "expected 1 to 2^20 heads of 1 to 2^20 elements, found " << heads
                       << " heads of " << headDim << " (C1)";
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return emitError() << "expected elements of f32, f16 or bf16, found " << element << " (C2)";
  if (!blocks)
    return success();
  if (!element.isF32())
    return emitError() << "expected elements of f32 in blocks, found " << element << " (C3)";
  if (blocks.getBits() != 8 || blocks.getBias() != 0 || blocks.getSuper() || blocks.getSplit() ||
      blocks.getTiled() || blocks.getSize() % 16 != 0)
    return emitError()
           << "expected blocks of a multiple of 16 codes of 8 bits without a bias, found " << blocks
           << " (C4)";
  return success();
}

RankedTensorType KvType::getRowType() const {
  return RankedTensorType::get({getHeads(), getHeadDim()}, getElement(), getBlocks());
}
