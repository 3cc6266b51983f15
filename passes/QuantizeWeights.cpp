#include "passes/EntryPoints.h"
#include "passes/Passes.h"

namespace weft {
#define GEN_PASS_DEF_QUANTIZEWEIGHTS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

/// Whether `value` holds the positions of tokens: what an op of a sequence takes as such.
bool isPositions(Value value) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (auto append = dyn_cast<AppendOp>(user))
      return append.getPositions() == value;
    if (auto attend = dyn_cast<AttendOp>(user))
      return attend.getPositions() == value;
    if (auto table = dyn_cast<RopeTableOp>(user))
      return table.getPositions() == value;
    return false;
  });
}

bool isTableOfPositions(OpOperand &read) {
  return isEmbeddingTable(read) && isPositions(cast<EmbedOp>(read.getOwner()).getIds());
}

bool canQuantize(ParameterOp parameter, const ParameterReads &readers) {
  RankedTensorType type = parameter.getTensorType();
  if (type.getRank() != 2 || type.getEncoding() || readers.reads.empty())
    return false;
  auto isMatrix = [](OpOperand *read) { return isProductWeight(*read) || isEmbeddingTable(*read); };
  auto isPositional = [](OpOperand *read) { return isTableOfPositions(*read); };
  return llvm::all_of(readers.reads, isMatrix) && !llvm::all_of(readers.reads, isPositional);
}

struct QuantizeWeights : public weft::impl::QuantizeWeightsBase<QuantizeWeights> {
  using QuantizeWeightsBase::QuantizeWeightsBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    Storage storage = format == WeightFormat::Q8 ? Storage::q8(scale) : Storage::q4(scale);
    for (auto &[name, readers] : parameterReads(getOperation())) {
      auto parameter = symbols.lookup<ParameterOp>(name);
      if (!canQuantize(parameter, readers))
        continue;
      RankedTensorType type = withStorage(parameter.getTensorType(), storage);
      ++numQuantized;
      bytesBefore += bytesOf(parameter.getTensorType());
      bytesAfter += bytesOf(type);
      parameter.setType(type);
      for (WeightOp value : readers.values)
        value.getResult().setType(type);
    }
  }
};

} // namespace
