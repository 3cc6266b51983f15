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
  if (heads <= 0 || headDim <= 0)
    return emitError() << "expected at least one head of at least one element, found " << heads
                       << " heads of " << headDim;
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return emitError() << "expected elements of f32, f16 or bf16, found " << element;
  if (!blocks)
    return success();
  if (!element.isF32())
    return emitError() << "expected elements of f32 in blocks, found " << element;
  if (blocks.getBits() != 8 || blocks.getBias() != 0 || blocks.getSuper() || blocks.getSplit() ||
      blocks.getTiled() || blocks.getSize() % 16 != 0)
    return emitError() << "expected blocks of a multiple of 16 codes of 8 bits without a bias, found "
                       << blocks;
  return success();
}

RankedTensorType KvType::getRowType() const {
  return RankedTensorType::get({getHeads(), getHeadDim()}, getElement(), getBlocks());
}
