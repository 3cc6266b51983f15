#include "ir/Weft.h"

using namespace mlir;
using namespace weft;

static LogicalResult verifyBinary(Operation *op, RankedTensorType lhs, Type rhs) {
  auto vector = RankedTensorType::get({lhs.getDimSize(1)}, lhs.getElementType());
  if (rhs == lhs || rhs == vector)
    return success();
  return op->emitOpError("expected a right side of ")
         << lhs << " or " << vector << ", found " << rhs << " (C1)";
}

LogicalResult AddOp::verify() {
  return verifyBinary(*this, getLhs().getType(), getRhs().getType());
}

LogicalResult MulOp::verify() {
  return verifyBinary(*this, getLhs().getType(), getRhs().getType());
}
