#include "backends/reference/ReferenceDevice.h"

namespace weft {

static Result<std::unique_ptr<Device>> make(const DeviceOptions &options) {
  if (options.number != 0)
    return fail("there is one device reference, found number " + std::to_string(options.number));
  return std::make_unique<ReferenceDevice>();
}

static Result<std::vector<std::string>> list() {
  return std::vector<std::string>{"what each op means, evaluated in plain C++ by one thread"};
}

static const DevicePlugin plugin = {.name = "reference", .make = make, .list = list};

} // namespace weft

const weft::DevicePlugin *weft_device_plugin() { return &weft::plugin; }
