#include "passes/EntryPoints.h"
#include "passes/Passes.h"

namespace weft {
#define GEN_PASS_DEF_QUANTIZEWEIGHTS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

StringRef weft::nameOf(WeightFormat format) {
  switch (format) {
  case WeightFormat::Q8:
    return "q8";
  case WeightFormat::Q4:
    return "q4";
  case WeightFormat::Q4S:
    return "q4s";
  }
  llvm_unreachable("a weight format");
}

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

/// Whether rows of the parameter are token embeddings, or its products are logits: results
/// of the entry point.
bool isTableOrHead(const ParameterReads &readers) {
  return llvm::any_of(readers.reads, [](OpOperand *read) {
    return isEmbeddingTable(*read) ||
           llvm::any_of(read->getOwner()->getUsers(), llvm::IsaPred<func::ReturnOp>);
  });
}

struct QuantizeWeights : public weft::impl::QuantizeWeightsBase<QuantizeWeights> {
  using QuantizeWeightsBase::QuantizeWeightsBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (auto &[name, readers] : parameterReads(getOperation())) {
      auto parameter = symbols.lookup<ParameterOp>(name);
      if (!canQuantize(parameter, readers))
        continue;
      RankedTensorType type = withStorage(parameter.getTensorType(), storageFor(readers));
      ++numQuantized;
      bytesBefore += bytesOf(parameter.getTensorType());
      bytesAfter += bytesOf(type);
      parameter.setType(type);
      for (WeightOp value : readers.values)
        value.getResult().setType(type);
    }
  }

  Storage storageFor(const ParameterReads &readers) const {
    if (format == WeightFormat::Q4S)
      return Storage::normal4(32, Scalar::F8);
    if (format == WeightFormat::Q8 || isTableOrHead(readers))
      return Storage::q8(scale);
    return Storage::normal4(32, scale);
  }
};

} // namespace
