#include "passes/EntryPoints.h"

using namespace mlir;
using namespace weft;

SmallVector<func::FuncOp> weft::entryPoints(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isPublic() && !function.isExternal() && !function->hasAttr(kernelAttrName))
      result.push_back(function);
  return result;
}

SmallVector<func::FuncOp> weft::kernels(ModuleOp module) {
  SmallVector<func::FuncOp> result;
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(kernelAttrName) && !function.isExternal())
      result.push_back(function);
  return result;
}

func::FuncOp weft::kernelOf(DispatchOp dispatch) {
  return SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(dispatch, dispatch.getKernelAttr());
}

StringAttr weft::stateOf(Value value) {
  while (true) {
    if (auto recall = value.getDefiningOp<RecallOp>())
      return recall.getStateAttr().getAttr();
    // Through dispatches that changed it.
    auto dispatch = value.getDefiningOp<DispatchOp>();
    if (!dispatch)
      return {};
    Operation *terminator = kernelOf(dispatch).getBody().front().getTerminator();
    Value inside = terminator->getOperand(cast<OpResult>(value).getResultNumber());
    while (auto append = inside.getDefiningOp<AppendOp>())
      inside = append.getState();
    auto argument = dyn_cast<BlockArgument>(inside);
    if (!argument)
      return {}; // VerifyEntry refuses it.
    value = dispatch.getOperands()[argument.getArgNumber()];
  }
}

llvm::MapVector<StringAttr, ParameterReads> weft::parameterReads(ModuleOp module) {
  llvm::MapVector<StringAttr, ParameterReads> result;
  SymbolTable symbols(module);
  module.walk([&](WeightOp weight) {
    ParameterReads &reads = result[weight.getParameterAttr().getAttr()];
    reads.values.push_back(weight);
    for (OpOperand &use : weight->getUses()) {
      auto dispatch = dyn_cast<DispatchOp>(use.getOwner());
      if (!dispatch) {
        reads.reads.push_back(&use);
        continue;
      }
      auto kernel = symbols.lookup<func::FuncOp>(dispatch.getKernel());
      for (OpOperand &read : kernel.getArgument(use.getOperandNumber()).getUses())
        reads.reads.push_back(&read);
    }
  });
  return result;
}

bool weft::isProductWeight(OpOperand &operand) {
  auto linear = dyn_cast<LinearOp>(operand.getOwner());
  return linear && &linear.getWeightMutable() == &operand;
}

bool weft::isEmbeddingTable(OpOperand &operand) {
  auto embed = dyn_cast<EmbedOp>(operand.getOwner());
  return embed && &embed.getTableMutable() == &operand;
}
