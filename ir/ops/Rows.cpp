#include "ir/Weft.h"

using namespace mlir;
using namespace weft;

LogicalResult EmbedOp::verify() {
  int64_t columns = getTable().getType().getDimSize(1);
  RankedTensorType result = getResult().getType();
  if (result.getDimSize(1) != columns || result.getEncoding())
    return emitOpError("expected a plain result of ") << columns << " columns, found " << result;
  return success();
}

LogicalResult TakeRowsOp::verify() {
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  auto expected = RankedTensorType::get({getRows().getType().getDimSize(0), input.getDimSize(1)},
                                        input.getElementType(), input.getEncoding());
  if (result != expected)
    return emitOpError("expected a result of ") << expected << ", found " << result;
  return success();
}

LogicalResult ColumnsOp::verify() {
  int64_t available = getInput().getType().getDimSize(1);
  int64_t end = int64_t(getBegin()) + getResult().getType().getDimSize(1);
  if (int64_t(getBegin()) < 0 || end > available)
    return emitOpError("expected columns below ") << available << ", found " << getBegin() << " to "
                                                  << end;
  if (getInput().getType().getEncoding() || getResult().getType().getEncoding())
    return emitOpError("expected plain values");
  return success();
}

OpFoldResult ColumnsOp::fold(FoldAdaptor) {
  if (getInput().getType() == getResult().getType())
    return getInput();
  return {};
}
