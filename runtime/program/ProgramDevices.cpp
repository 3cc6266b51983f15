#include "runtime/program/ProgramDevices.h"

#include "runtime/device/Registry.h"
#include "runtime/program/ProgramChoice.h"

#include <fmt/format.h>

namespace weft {

Result<const Device *> DevicePool::find(std::string_view name) {
  auto found = devices.find(name);
  if (found == devices.end()) {
    auto made = makeDevice(name, threads);
    if (!made)
      return failFrom(made);
    found = devices.emplace(name, std::move(*made)).first;
  }
  return found->second.get();
}

Result<std::unique_ptr<Device>> DevicePool::take(std::string_view name) {
  auto found = devices.find(name);
  return found == devices.end() ? makeDevice(name, threads)
                                : std::move(devices.extract(found).mapped());
}

std::vector<unsigned> ProgramDevices::memories() const {
  std::vector<unsigned> result;
  unsigned count = 0;
  int hostMemory = -1;
  for (const auto &device : ofPart) {
    bool shares = device->usesHostMemory();
    if (shares && hostMemory < 0)
      hostMemory = int(count++);
    result.push_back(shares ? unsigned(hostMemory) : count++);
  }
  return result;
}

Result<ProgramDevices> devicesFor(const schema::Program &program, std::unique_ptr<Device> first,
                                  DevicePool &pool) {
  ProgramDevices devices;
  devices.ofPart.push_back(std::move(first));
  for (const schema::Part *part : partsOf(program)) {
    auto device = pool.take(part->target()->string_view());
    if (!device)
      return fail(fmt::format("a part of the program for '{}': {}", program.target()->string_view(),
                              device.error().message));
    if (std::string reason = obstacle(*part, **device); !reason.empty())
      return fail(fmt::format("a part of the program for '{}' {}", program.target()->string_view(),
                              reason));
    devices.ofPart.push_back(std::move(*device));
  }
  return devices;
}

} // namespace weft
