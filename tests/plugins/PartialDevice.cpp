// Runs kernels as the reference does, in memory of its own.

#include "backends/reference/ReferenceDevice.h"

namespace weft::test {

class PartialDevice : public ReferenceDevice {
public:
  std::string_view name() const override { return "partial"; }
  bool usesHostMemory() const override { return false; }
};

static Result<std::unique_ptr<Device>> make(const DeviceOptions &) {
  return std::make_unique<PartialDevice>();
}

static Result<std::vector<std::string>> list() {
  return std::vector<std::string>{"attention alone", "once more"};
}

static const DevicePlugin plugin = {.name = "partial", .make = make, .list = list};

} // namespace weft::test

const weft::DevicePlugin *weft_device_plugin() { return &weft::test::plugin; }
