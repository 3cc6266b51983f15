#include "ir/Weft.h"

using namespace mlir;
using namespace weft;

LogicalResult LinearOp::verify() {
  RankedTensorType input = getInput().getType(), weight = getWeight().getType(),
                   result = getResult().getType();
  if (weight.getDimSize(0) != result.getDimSize(1) || weight.getDimSize(1) != input.getDimSize(1))
    return emitOpError("expected a weight of ")
           << result.getDimSize(1) << "x" << input.getDimSize(1) << ", found " << weight << " (C1)";
  if (result.getDimSize(0) != input.getDimSize(0) || result.getEncoding())
    return emitOpError("expected a plain result with the rows of ")
           << input << ", found " << result << " (C2)";
  if (auto inputBlocks = dyn_cast_or_null<BlockAttr>(input.getEncoding())) {
    auto weightBlocks = dyn_cast_or_null<BlockAttr>(weight.getEncoding());
    if (!weightBlocks || weightBlocks.getSize() != inputBlocks.getSize())
      return emitOpError("expected a weight in blocks of ")
             << inputBlocks.getSize() << ", found " << weight << " (C3)";
  }
  return success();
}

LogicalResult QuantizeOp::verify() {
  RankedTensorType input = getInput().getType(), result = getResult().getType();
  auto block = dyn_cast_or_null<BlockAttr>(result.getEncoding());
  if (result.getShape() != input.getShape() || !block || !block.getSplit() ||
      block.getBits() != 8 || block.getBias() != 0 || !block.getScale().isF32())
    return emitOpError("expected a result of the input's shape in split blocks of 8 bits, bias 0 "
                       "and scale f32, found ")
           << result << " (C1)";
  return success();
}
