#include "ir/Weft.h"

using namespace mlir;
using namespace weft;

/// A vector that goes with every row of `input`.
static LogicalResult verifyVector(Operation *op, StringRef name, RankedTensorType input,
                                  RankedTensorType vector, StringRef constraint) {
  if (vector.getDimSize(0) == input.getDimSize(1))
    return success();
  return op->emitOpError("expected ")
         << name << " of " << input.getDimSize(1) << " elements, found " << vector << constraint;
}

LogicalResult RmsNormOp::verify() {
  return verifyVector(*this, "a weight", getInput().getType(), getWeight().getType(), " (C1)");
}

LogicalResult LayerNormOp::verify() {
  if (failed(verifyVector(*this, "a weight", getInput().getType(), getWeight().getType(), " (C1)")))
    return failure();
  return verifyVector(*this, "a bias", getInput().getType(), getBias().getType(), " (C2)");
}
