#include "passes/EntryPoints.h"
#include "passes/Passes.h"

namespace weft {
#define GEN_PASS_DEF_QUANTIZEINPUTS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

/// Codes of 8 bits and sums for every block: what integer products take.
Storage inputStorage(unsigned block) {
  return {Scalar::F32, 8, block, 0, {Arrangement::Kind::Split, 1, 1}};
}

struct QuantizeInputs : public weft::impl::QuantizeInputsBase<QuantizeInputs> {
  void runOnOperation() override {
    for (func::FuncOp entry : entryPoints(getOperation())) {
      DenseMap<std::pair<Value, unsigned>, Value> rounded;
      for (auto linear : entry.getOps<LinearOp>()) {
        auto blocks = dyn_cast_or_null<BlockAttr>(linear.getWeight().getType().getEncoding());
        RankedTensorType type = linear.getInput().getType();
        if (!blocks || type.getEncoding())
          continue;
        Value &value = rounded[{linear.getInput(), blocks.getSize()}];
        if (!value) {
          OpBuilder builder(linear);
          value = QuantizeOp::create(builder, linear.getLoc(),
                                     withStorage(type, inputStorage(blocks.getSize())),
                                     linear.getInput());
          ++numQuantized;
        }
        linear.getInputMutable().assign(value);
      }
    }
  }
};

} // namespace
