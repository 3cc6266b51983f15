#include "passes/KernelSet.h"

using namespace mlir;
using namespace weft;

static bool isEqual(func::FuncOp a, func::FuncOp b) {
  for (unsigned i = 0; i < a.getNumArguments(); ++i)
    if (a.getArgAttrDict(i) != b.getArgAttrDict(i))
      return false;
  return a->getDiscardableAttrDictionary() == b->getDiscardableAttrDictionary() &&
         OperationEquivalence::isRegionEquivalentTo(&a.getBody(), &b.getBody(),
                                                    OperationEquivalence::IgnoreLocations);
}

func::FuncOp weft::KernelSet::add(func::FuncOp kernel) {
  auto &candidates = bySignature[kernel.getFunctionType()];
  for (func::FuncOp candidate : candidates) {
    if (isEqual(candidate, kernel)) {
      kernel.erase();
      return candidate;
    }
  }
  std::string name = kernel.getSymName().str();
  for (unsigned number = 2; symbols.lookup(kernel.getSymName()); ++number)
    kernel.setSymName(name + "_" + std::to_string(number));
  symbols.insert(kernel);
  candidates.push_back(kernel);
  ++count;
  return kernel;
}
