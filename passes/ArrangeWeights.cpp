#include "passes/EntryPoints.h"
#include "passes/KernelSet.h"
#include "passes/Passes.h"

#include "llvm/ADT/SetVector.h"

namespace weft {
#define GEN_PASS_DEF_ARRANGEWEIGHTS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

bool areProductsOrTables(const ParameterReads &readers) {
  return llvm::all_of(readers.reads, [](OpOperand *read) {
    return isProductWeight(*read) || isEmbeddingTable(*read);
  });
}

/// Whether all readers can read tiles, and one needs them.
bool wantsTiles(const ParameterReads &readers) {
  auto isProduct = [](OpOperand *read) { return isProductWeight(*read); };
  return llvm::any_of(readers.reads, isProduct) && areProductsOrTables(readers);
}

FunctionType signatureOf(DispatchOp dispatch) {
  return FunctionType::get(dispatch.getContext(), dispatch.getOperandTypes(),
                           dispatch.getResultTypes());
}

/// A weight changes nothing but the type of the argument: what reads it has a plain result.
void setSignature(func::FuncOp kernel, FunctionType type) {
  kernel.setFunctionType(type);
  for (auto [argument, argumentType] : llvm::zip(kernel.getArguments(), type.getInputs()))
    argument.setType(argumentType);
}

struct ArrangeWeights : public weft::impl::ArrangeWeightsBase<ArrangeWeights> {
  using ArrangeWeightsBase::ArrangeWeightsBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    auto reads = parameterReads(getOperation());
    for (auto parameter : getOperation().getOps<ParameterOp>()) {
      const ParameterReads readers = reads.lookup(parameter.getSymNameAttr());
      bool super = storageOf(parameter.getTensorType()).hasSuperBlocks();
      bool tiles = parameter.getTensorType().getRank() == 2 && wantsTiles(readers);
      if (!tiles && !super)
        continue;
      if (super && !areProductsOrTables(readers)) {
        parameter.emitOpError("has super-blocks, which only products and embeddings can read");
        return signalPassFailure();
      }
      // In rows, their numbers are scattered over bits; tiles of one row are plain.
      RankedTensorType type = tiled(parameter, tiles ? unsigned(rows) : 1);
      if (!type)
        return signalPassFailure();
      parameter.setType(type);
      for (WeightOp value : readers.values)
        value.getResult().setType(type);
      ++numArranged;
    }
    matchKernels(symbols);
  }

private:
  /// The type of `parameter` in tiles, or null after an error.
  RankedTensorType tiled(ParameterOp parameter, unsigned rows) {
    Storage storage = storageOf(parameter.getTensorType());
    unsigned depth = storage.isBlock() ? blockDepth : denseDepth;
    auto emitError = [&] { return parameter.emitOpError("cannot be tiled: "); };
    if (failed(TiledAttr::verify(emitError, rows, depth)))
      return {};
    if (storage.isBlock() && storage.block % depth != 0) {
      emitError() << "the depth of the tiles, " << depth << ", must divide the block size "
                  << storage.block;
      return {};
    }
    return withStorage(parameter.getTensorType(),
                       storage.arranged({Arrangement::Kind::Tiled, rows, depth}));
  }

  /// Gives every dispatch a kernel of the types that it now passes.
  void matchKernels(SymbolTable &symbols) {
    struct Call {
      DispatchOp dispatch;
      func::FuncOp kernel;
      Type signature;
    };
    SmallVector<Call> calls;
    llvm::MapVector<func::FuncOp, llvm::SetVector<Type>> signatures;
    for (func::FuncOp entry : entryPoints(getOperation())) {
      for (auto dispatch : entry.getOps<DispatchOp>()) {
        calls.push_back({dispatch, kernelOf(dispatch), signatureOf(dispatch)});
        signatures[calls.back().kernel].insert(calls.back().signature);
      }
    }
    // The first signature takes the kernel's name, the others get numbers. All go through
    // the set, which finds those that became equal.
    KernelSet set(symbols);
    DenseMap<std::pair<Operation *, Type>, func::FuncOp> arranged;
    for (auto &[kernel, types] : signatures) {
      func::FuncOp original = kernel.clone();
      symbols.erase(kernel);
      for (Type type : types) {
        func::FuncOp copy = original.clone();
        setSignature(copy, cast<FunctionType>(type));
        arranged[{kernel, type}] = set.add(copy);
      }
      original.erase();
    }
    for (Call &call : calls)
      call.dispatch.setKernel(arranged[{call.kernel, call.signature}].getSymName());
  }
};

} // namespace
