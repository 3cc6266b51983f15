#include "passes/EntryPoints.h"
#include "passes/Passes.h"

#include "llvm/ADT/EquivalenceClasses.h"

namespace weft {
#define GEN_PASS_DEF_PLACEKERNELS
#include "passes/Passes.h.inc"
} // namespace weft

using namespace mlir;
using namespace weft;

namespace {

struct PlaceKernels : public weft::impl::PlaceKernelsBase<PlaceKernels> {
  using PlaceKernelsBase::PlaceKernelsBase;
  explicit PlaceKernels(std::vector<DeviceChoice> choices) : choices(std::move(choices)) {}

  void runOnOperation() override {
    std::vector<DeviceChoice> order = choices.empty() ? namedDevices() : choices;
    auto together = kernelsThatShareStates();
    for (func::FuncOp kernel : kernels(getOperation())) {
      SmallVector<func::FuncOp> all;
      for (auto one = together.findLeader(kernel); one != together.member_end(); ++one)
        all.push_back(cast<func::FuncOp>(*one));
      auto device = llvm::find_if(order, [&](auto &choice) {
        return llvm::all_of(all, [&](func::FuncOp one) { return choice.takes(one); });
      });
      if (device == order.end()) {
        report(all, order);
        return signalPassFailure();
      }
      kernel->setAttr(deviceAttrName, StringAttr::get(&getContext(), device->name));
      ++numPlaced;
    }
  }

private:
  /// How a state lies in memory is its device's own matter.
  llvm::EquivalenceClasses<Operation *> kernelsThatShareStates() {
    llvm::EquivalenceClasses<Operation *> classes;
    for (func::FuncOp kernel : kernels(getOperation()))
      classes.insert(kernel);
    DenseMap<StringAttr, Operation *> readers;
    for (func::FuncOp entry : entryPoints(getOperation()))
      for (auto dispatch : entry.getOps<DispatchOp>())
        for (Value operand : dispatch.getOperands())
          if (isa<KvType>(operand.getType())) {
            StringAttr state = stateOf(operand);
            auto [reader, isNew] = readers.try_emplace(state, kernelOf(dispatch));
            if (state && !isNew)
              classes.unionSets(reader->second, kernelOf(dispatch));
          }
    return classes;
  }

  /// The devices of the command line, which take every kernel.
  std::vector<DeviceChoice> namedDevices() {
    std::vector<DeviceChoice> result;
    for (const std::string &name : devices)
      result.push_back({name, [](func::FuncOp) { return true; }});
    if (result.empty())
      result.push_back({"cpu", [](func::FuncOp) { return true; }});
    return result;
  }

  /// `together` go to one device. Names one that none takes, where there is such a one.
  static void report(ArrayRef<func::FuncOp> together, ArrayRef<DeviceChoice> order) {
    auto isTaken = [&](func::FuncOp one) {
      return llvm::any_of(order, [&](const DeviceChoice &choice) { return choice.takes(one); });
    };
    auto untaken = llvm::find_if_not(together, isTaken);
    func::FuncOp kernel = untaken != together.end() ? *untaken : together.front();
    InFlightDiagnostic error = kernel.emitError("no device takes kernel '")
                               << kernel.getSymName() << "'";
    if (std::string name = nameOf(kernel.getLoc()); !name.empty())
      error << " of '" << name << "'";
    if (untaken == together.end())
      error << " and the " << together.size() - 1 << " that share its states";
    error << "; tried ";
    llvm::interleaveComma(order, error, [&](const DeviceChoice &choice) { error << choice.name; });
    error.attachNote() << "its body has an op or a storage format that these devices do not "
                          "support; dump the phase 'fused' to see it, or add a device";
  }

  std::vector<DeviceChoice> choices;
};

} // namespace

std::unique_ptr<Pass> weft::createPlaceKernels(std::vector<DeviceChoice> devices) {
  return std::make_unique<PlaceKernels>(std::move(devices));
}
