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

/// The device of the kernel in which `read` is; "" outside of kernels.
StringRef deviceOf(OpOperand *read) {
  auto kernel = read->getOwner()->getParentOfType<func::FuncOp>();
  auto device = kernel->getAttrOfType<StringAttr>(deviceAttrName);
  return device ? device.getValue() : "";
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
  explicit ArrangeWeights(std::vector<DeviceChoice> devices) : devices(std::move(devices)) {}

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    if (failed(splitBetweenDevices(symbols)))
      return signalPassFailure();
    auto reads = parameterReads(getOperation());
    for (auto parameter : getOperation().getOps<ParameterOp>()) {
      const ParameterReads readers = reads.lookup(parameter.getSymNameAttr());
      FailureOr<Arrangement> to = arrangementFor(parameter, readers.reads);
      if (failed(to))
        return signalPassFailure();
      if (*to == Arrangement())
        continue;
      RankedTensorType type = arranged(parameter, *to);
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
  /// How the readers in `reads`, all of one device, want `parameter`.
  FailureOr<Arrangement> arrangementFor(ParameterOp parameter, ArrayRef<OpOperand *> reads) {
    Storage storage = storageOf(parameter.getTensorType());
    auto isProduct = [](OpOperand *read) { return isProductWeight(*read); };
    bool product = llvm::any_of(reads, isProduct);
    bool plain = parameter.getTensorType().getRank() != 2 || reads.empty() ||
                 !llvm::all_of(reads, [](OpOperand *read) {
                   return isProductWeight(*read) || isEmbeddingTable(*read);
                 });
    if (plain && storage.hasSuperBlocks() && !reads.empty())
      return parameter.emitOpError("has super-blocks, which only products and embeddings can read");
    if (plain)
      return Arrangement();
    StringRef device = deviceOf(reads.front());
    for (const DeviceChoice &choice : devices)
      if (choice.name == device && choice.arrange)
        return choice.arrange(storage, product);
    if (!product && !storage.hasSuperBlocks())
      return Arrangement();
    // In rows, the numbers of super-blocks are scattered over bits; tiles of one row are plain.
    return Arrangement{Arrangement::Kind::Tiled, product ? unsigned(rows) : 1,
                       storage.isBlock() ? unsigned(blockDepth) : unsigned(denseDepth)};
  }

  /// Where devices want a parameter in different ways, gives each but the first a parameter of
  /// its own, of the same sources: "head.vulkan".
  LogicalResult splitBetweenDevices(SymbolTable &symbols) {
    for (auto &[name, readers] : parameterReads(getOperation())) {
      auto parameter = symbols.lookup<ParameterOp>(name);
      llvm::MapVector<StringRef, SmallVector<OpOperand *>> byDevice;
      for (OpOperand *read : readers.reads)
        byDevice[deviceOf(read)].push_back(read);
      if (byDevice.size() < 2)
        continue;
      SmallVector<std::pair<Arrangement, ParameterOp>> copies;
      for (auto &[device, reads] : byDevice) {
        FailureOr<Arrangement> wanted = arrangementFor(parameter, reads);
        if (failed(wanted))
          return failure();
        auto same = llvm::find_if(copies, [&](auto &copy) { return copy.first == *wanted; });
        if (same == copies.end()) {
          copies.push_back(
              {*wanted, copies.empty() ? parameter : copyFor(device, parameter, symbols)});
          same = &copies.back();
        }
        if (same->second != parameter)
          for (WeightOp value : readers.values)
            redirect(value, device, same->second);
      }
    }
    return success();
  }

  static ParameterOp copyFor(StringRef device, ParameterOp parameter, SymbolTable &symbols) {
    ParameterOp copy = parameter.clone();
    copy.setSymName((parameter.getSymName() + "." + device).str());
    symbols.insert(copy, std::next(Block::iterator(parameter)));
    return copy;
  }

  /// Lets the dispatches on `device` read `parameter` in place of `value`.
  static void redirect(WeightOp value, StringRef device, ParameterOp parameter) {
    auto isThere = [&](OpOperand &use) {
      auto dispatch = dyn_cast<DispatchOp>(use.getOwner());
      return dispatch &&
             kernelOf(dispatch)->getAttrOfType<StringAttr>(deviceAttrName).getValue() == device;
    };
    if (llvm::none_of(value->getUses(), isThere))
      return;
    OpBuilder builder(value);
    auto copy = WeightOp::create(builder, value.getLoc(), parameter.getTensorType(),
                                 FlatSymbolRefAttr::get(parameter.getSymNameAttr()));
    value.getResult().replaceUsesWithIf(copy, isThere);
  }

  /// The type of `parameter` in another arrangement, or null after an error.
  RankedTensorType arranged(ParameterOp parameter, Arrangement to) {
    Storage storage = storageOf(parameter.getTensorType());
    auto emitError = [&] { return parameter.emitOpError("cannot be tiled: "); };
    if (to.kind != Arrangement::Kind::Tiled) {
      emitError() << "expected rows or tiles";
      return {};
    }
    if (failed(TiledAttr::verify(emitError, to.rows, to.depth)))
      return {};
    if (storage.isBlock() && storage.block % to.depth != 0) {
      emitError() << "the depth of the tiles, " << to.depth << ", must divide the block size "
                  << storage.block;
      return {};
    }
    return withStorage(parameter.getTensorType(), storage.arranged(to));
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
    DenseMap<std::pair<Operation *, Type>, func::FuncOp> copies;
    for (auto &[kernel, types] : signatures) {
      func::FuncOp original = kernel.clone();
      symbols.erase(kernel);
      for (Type type : types) {
        func::FuncOp copy = original.clone();
        setSignature(copy, cast<FunctionType>(type));
        copies[{kernel, type}] = set.add(copy);
      }
      original.erase();
    }
    for (Call &call : calls)
      call.dispatch.setKernel(copies[{call.kernel, call.signature}].getSymName());
  }

  std::vector<DeviceChoice> devices;
};

} // namespace

std::unique_ptr<Pass> weft::createArrangeWeights(std::vector<DeviceChoice> devices) {
  return std::make_unique<ArrangeWeights>(std::move(devices));
}
