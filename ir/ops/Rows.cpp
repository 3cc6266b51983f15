#include "ir/Weft.h"

using namespace mlir;
using namespace weft;

LogicalResult EmbedOp::verify() {
  int64_t columns = getTable().getType().getDimSize(1);
  RankedTensorType ids = getIds().getType(), result = getResult().getType();
  if (result.getDimSize(1) != columns || result.getDimSize(0) != ids.getDimSize(0) ||
      result.getEncoding())
    return emitOpError("expected a plain result of ")
           << columns << " columns with the rows of " << ids << ", found " << result << " (C1)";
  return success();
}

LogicalResult TakeRowsOp::verify() {
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  auto expected = RankedTensorType::get({getRows().getType().getDimSize(0), input.getDimSize(1)},
                                        input.getElementType(), input.getEncoding());
  if (result != expected)
    return emitOpError("expected a result of ") << expected << ", found " << result << " (C1)";
  return success();
}

LogicalResult ColumnsOp::verify() {
  int64_t available = getInput().getType().getDimSize(1);
  int64_t begin = getBegin(), count = getResult().getType().getDimSize(1);
  if (begin < 0 || count < 0 || count > available || begin > available - count)
    return emitOpError("expected columns below ")
           << available << ", found " << count << " from " << begin << " (C1)";
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  if (input.getEncoding() || result.getEncoding() || result.getDimSize(0) != input.getDimSize(0))
    return emitOpError("expected plain values of the same rows, found ")
           << input << " and " << result << " (C2)";
  return success();
}

OpFoldResult ColumnsOp::fold(FoldAdaptor) {
  if (getInput().getType() == getResult().getType())
    return getInput();
  return {};
}

ColumnView weft::columnViewOf(Value value) {
  int64_t begin = 0;
  while (auto columns = value.getDefiningOp<ColumnsOp>()) {
    begin += columns.getBegin();
    value = columns.getInput();
  }
  return {value, begin, cast<RankedTensorType>(value.getType()).getShape().back()};
}
