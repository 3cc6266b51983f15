#include "runtime/device/Registry.h"

#include "runtime/device/cpu/CpuDevice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <mutex>
#include <sched.h>
#include <thread>

namespace weft {

namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, DeviceFactory, std::less<>> factories = {{"cpu", makeCpuDevice}};
};

} // namespace

static Registry &registry() {
  static Registry instance;
  return instance;
}

Result<std::unique_ptr<Device>> makeDevice(std::string_view name, unsigned threads) {
  DeviceFactory factory = nullptr;
  {
    std::lock_guard lock(registry().mutex);
    auto found = registry().factories.find(name);
    if (found != registry().factories.end())
      factory = found->second;
  }
  if (!factory)
    return fail(
        fmt::format("no device '{}': expected one of {}", name, fmt::join(deviceNames(), ", ")));
  return factory(threads == 0 ? availableProcessors() : threads);
}

Result<void> registerDevice(std::string name, DeviceFactory factory) {
  std::lock_guard lock(registry().mutex);
  auto [place, added] = registry().factories.emplace(std::move(name), factory);
  if (!added)
    return fail(fmt::format("a device '{}' is registered already", place->first));
  return {};
}

std::vector<std::string> deviceNames() {
  std::lock_guard lock(registry().mutex);
  std::vector<std::string> names;
  for (const auto &[name, factory] : registry().factories)
    names.push_back(name);
  return names;
}

unsigned availableProcessors() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    return CPU_COUNT(&set);
  // More processors than cpu_set_t has room for.
  return std::max(1u, std::thread::hardware_concurrency());
}

} // namespace weft
