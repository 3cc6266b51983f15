#include "ir/Weft.h"

using namespace mlir;
using namespace weft;

LogicalResult RopeTableOp::verify() {
  auto expected = RankedTensorType::get(
      {getPositions().getType().getDimSize(0), 2 * getFrequencies().getType().getDimSize(0)},
      getFrequencies().getType().getElementType());
  if (getResult().getType() != expected)
    return emitOpError("expected a result of ")
           << expected << ", found " << getResult().getType() << " (C1)";
  return success();
}

LogicalResult RopeOp::verify() {
  int64_t columns = getInput().getType().getDimSize(1), heads = getHeads();
  if (heads <= 0 || columns % heads != 0)
    return emitOpError("expected a number of heads that divides ")
           << columns << ", found " << heads << " (C1)";
  int64_t rotated = getTable().getType().getDimSize(1);
  if (rotated > columns / heads || rotated % 2 != 0)
    return emitOpError("expected a table of an even number of columns up to ")
           << columns / heads << ", found " << rotated << " (C2)";
  return success();
}

LogicalResult AppendOp::verify() {
  KvType state = getState().getType();
  int64_t columns = state.getHeads() * state.getHeadDim();
  for (RankedTensorType type : {getKeys().getType(), getValues().getType()})
    if (type.getDimSize(1) != columns)
      return emitOpError("expected keys and values of ")
             << columns << " columns, found " << type << " (C1)";
  return success();
}

LogicalResult AttendOp::verify() {
  KvType state = getState().getType();
  int64_t heads = getHeads();
  if (heads <= 0 || heads % state.getHeads() != 0)
    return emitOpError("expected a multiple of ")
           << state.getHeads() << " heads, found " << heads << " (C1)";
  if (auto window = getWindow(); window && (*window < 1 || *window > uint64_t(1) << 30))
    return emitOpError("expected a window of 1 to 2^30 positions, found ")
           << int64_t(*window) << " (C2)";
  if (getQueries().getType().getDimSize(1) != heads * state.getHeadDim())
    return emitOpError("expected queries of ")
           << heads * state.getHeadDim() << " columns, found " << getQueries().getType() << " (C3)";
  return success();
}
