#include "backends/vulkan/BlockWeights.h"
#include "backends/vulkan/DenseWeights.h"

using namespace mlir;

namespace weft::vulkan {

/// The argument behind a value that may be some of its columns; adds where they begin.
static Value argumentOf(Value value, int64_t &begin) {
  while (auto columns = value.getDefiningOp<ColumnsOp>()) {
    begin += columns.getBegin();
    value = columns.getInput();
  }
  return value;
}

WeightText::WeightText(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens)
    : text(text), rows(rows), tokens(tokens), weight(text.bindingOf(linear.getWeight())),
      storage(storageOf(linear.getWeight().getType())),
      depth(linear.getWeight().getType().getDimSize(1)) {
  Value argument = argumentOf(linear.getInput(), inputBegin);
  input = text.bindingOf(argument);
  inputColumns = cast<RankedTensorType>(argument.getType()).getDimSize(1);
}

FailureOr<std::unique_ptr<WeightText>> WeightText::create(ShaderText &text, LinearOp linear,
                                                          int64_t rows, int64_t tokens) {
  Storage weight = storageOf(linear.getWeight().getType()),
          input = storageOf(linear.getInput().getType());
  int64_t begin = 0;
  if (!isa<BlockArgument>(argumentOf(linear.getInput(), begin)) ||
      !isa<BlockArgument>(linear.getWeight()))
    return linear.emitError("the Vulkan backend multiplies what other kernels left in memory");
  bool tiles = weight.arrangement.kind == Arrangement::Kind::Tiled &&
               weight.arrangement.rows == tileRows &&
               weight.arrangement.depth == (weight.isBlock() ? 4 : 1);
  if (!tiles || input.isBlock() != weight.isBlock())
    return linear.emitError(
               "the Vulkan backend expects weights in tiles of 16 rows and inputs in blocks "
               "where weights are, found ")
           << linear.getInput().getType() << " and " << linear.getWeight().getType();
  if (weight.isBlock())
    return std::unique_ptr<WeightText>(std::make_unique<BlockWeights>(text, linear, rows, tokens));
  return std::unique_ptr<WeightText>(std::make_unique<DenseWeights>(text, linear, rows, tokens));
}

} // namespace weft::vulkan
