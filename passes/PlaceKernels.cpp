#include "passes/EntryPoints.h"
#include "passes/Passes.h"

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
    for (func::FuncOp kernel : kernels(getOperation())) {
      auto device = llvm::find_if(order, [&](auto &choice) { return choice.takes(kernel); });
      if (device == order.end()) {
        report(kernel, order);
        return signalPassFailure();
      }
      kernel->setAttr(deviceAttrName, StringAttr::get(&getContext(), device->name));
      ++numPlaced;
    }
  }

private:
  /// The devices of the command line, which take every kernel.
  std::vector<DeviceChoice> namedDevices() {
    std::vector<DeviceChoice> result;
    for (const std::string &name : devices)
      result.push_back({name, [](func::FuncOp) { return true; }});
    if (result.empty())
      result.push_back({"cpu", [](func::FuncOp) { return true; }});
    return result;
  }

  static void report(func::FuncOp kernel, ArrayRef<DeviceChoice> order) {
    InFlightDiagnostic error = kernel.emitError("no device takes kernel '")
                               << kernel.getSymName() << "'";
    if (std::string name = nameOf(kernel.getLoc()); !name.empty())
      error << " of '" << name << "'";
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
