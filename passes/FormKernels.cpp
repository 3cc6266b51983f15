#include "passes/EntryPoints.h"
#include "passes/OutlineKernels.h"
#include "passes/Passes.h"

namespace weft {
#define GEN_PASS_DEF_FORMKERNELS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

struct FormKernels : public weft::impl::FormKernelsBase<FormKernels> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    KernelSet kernels(symbols);
    for (func::FuncOp entry : entryPoints(getOperation())) {
      FailureOr<SmallVector<KernelGroup>> groups = groupKernels(entry);
      if (failed(groups))
        return signalPassFailure();
      outlineKernels(entry, *groups, kernels);
      numDispatches += groups->size();
    }
    numKernels += kernels.size();
  }
};

} // namespace
