#include "runtime/device/Registry.h"

#include "runtime/device/Plugin.h"
#include "runtime/device/cpu/CpuDevice.h"
#include "runtime/device/ProcessorShare.h"
#include "runtime/device/vulkan/VulkanDevice.h"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <mutex>
#include <set>

namespace weft {

namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, DevicePlugin, std::less<>> kinds = {{"cpu", cpuDevicePlugin},
                                                         {"vulkan", vulkan::vulkanDevicePlugin}};
  std::set<const DevicePlugin *> loaded;
};

/// "vulkan:1" as its kind and number.
struct DeviceName {
  std::string_view kind;
  unsigned number = 0;
};

} // namespace

static Registry &registry() {
  static Registry instance;
  return instance;
}

static Result<DeviceName> parse(std::string_view name) {
  size_t colon = name.find(':');
  DeviceName result{name.substr(0, colon)};
  if (colon == std::string_view::npos)
    return result;
  std::string_view digits = name.substr(colon + 1);
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), result.number);
  if (error != std::errc() || end != digits.data() + digits.size())
    return fail(fmt::format("expected a device by name or as name:number, found '{}'", name));
  return result;
}

static const DevicePlugin *find(std::string_view kind) {
  std::lock_guard lock(registry().mutex);
  auto found = registry().kinds.find(kind);
  return found == registry().kinds.end() ? nullptr : &found->second;
}

/// Loads the plug-ins of pluginFiles() until `kind` is known ("": all of them). Returns what
/// did not load: file and reason.
static std::vector<std::pair<std::string, std::string>> search(std::string_view kind) {
  std::vector<std::pair<std::string, std::string>> failures;
  for (const std::string &file : pluginFiles()) {
    if (auto loaded = loadDevicePlugin(file); !loaded)
      failures.emplace_back(file, loaded.error().message);
    if (!kind.empty() && find(kind))
      break;
  }
  return failures;
}

Result<std::unique_ptr<Device>> makeDevice(std::string_view name, unsigned threads) {
  auto parsed = parse(name);
  if (!parsed)
    return failFrom(parsed);
  const DevicePlugin *plugin = find(parsed->kind);
  std::string failures;
  if (!plugin) {
    for (const auto &[file, reason] : search(parsed->kind))
      failures += "; " + reason;
    plugin = find(parsed->kind);
  }
  if (!plugin)
    return fail(fmt::format("no device '{}': expected one of {}, or a plug-in (--plugin){}",
                            parsed->kind, fmt::join(deviceNames(), ", "), failures));
  return plugin->make({threads == 0 ? availableProcessors() : threads, parsed->number});
}

Result<void> registerDevice(const DevicePlugin &plugin) {
  std::lock_guard lock(registry().mutex);
  auto [place, added] = registry().kinds.emplace(plugin.name, plugin);
  if (!added)
    return fail(fmt::format("a device '{}' is registered already", place->first));
  return {};
}

Result<void> loadDevicePlugin(const std::string &path) {
  auto entry = pluginEntry(path, "weft_device_plugin");
  if (!entry)
    return failFrom(entry);
  const DevicePlugin *plugin = callEntry<decltype(&weft_device_plugin)>(*entry);
  if (!plugin || plugin->version != deviceVersion)
    return fail(otherVersion(path, "device", plugin ? plugin->version : 0, deviceVersion));
  std::lock_guard lock(registry().mutex);
  if (registry().loaded.contains(plugin))
    return {};
  if (!plugin->name || !plugin->make || !plugin->list)
    return fail(fmt::format("plug-in '{}': expected a name and functions that make and list its "
                            "devices",
                            path));
  if (!registry().kinds.emplace(plugin->name, *plugin).second)
    return fail(fmt::format("plug-in '{}': a device '{}' is registered already", path, plugin->name));
  registry().loaded.insert(plugin);
  return {};
}

std::vector<std::string> deviceNames() {
  std::lock_guard lock(registry().mutex);
  std::vector<std::string> names;
  for (const auto &[name, plugin] : registry().kinds)
    names.push_back(name);
  return names;
}

std::vector<ListedDevice> listDevices() {
  auto failures = search("");
  std::vector<ListedDevice> result;
  for (const std::string &name : deviceNames()) {
    auto lines = find(name)->list();
    if (!lines)
      result.push_back({name, lines.error().message, false});
    for (size_t i = 0; lines && i < lines->size(); ++i)
      result.push_back({i == 0 ? name : fmt::format("{}:{}", name, i), (*lines)[i], true});
  }
  for (auto &[file, reason] : failures)
    result.push_back({file, reason, false});
  return result;
}

} // namespace weft
