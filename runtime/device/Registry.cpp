#include "runtime/device/Registry.h"

#include "runtime/base/ProcessorShare.h"
#include "runtime/base/Quotes.h"
#include "runtime/device/Plugin.h"
#include "runtime/device/cpu/CpuDevice.h"
#include "runtime/device/vulkan/VulkanDevice.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iterator>
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
  /// How many PluginSearchOff there are.
  unsigned searchOff = 0;
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

/// Loads KIND.so of the plug-in folders, and no other file: an artifact may name any kind. Returns
/// why it did not load; "" where it did, or there is none.
static std::string search(std::string_view kind) {
  const bool isName = !kind.empty() && std::ranges::all_of(kind, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
  {
    std::lock_guard lock(registry().mutex);
    if (!isName || registry().searchOff > 0)
      return "";
  }
  std::error_code ignored;
  for (const std::string &folder : pluginFolders())
    if (std::string file = fmt::format("{}/{}.so", folder, kind);
        std::filesystem::exists(file, ignored)) {
      auto loaded = loadDevicePlugin(file);
      return loaded ? "" : loaded.error().message;
    }
  return "";
}

PluginSearchOff::PluginSearchOff() {
  std::lock_guard lock(registry().mutex);
  ++registry().searchOff;
}
PluginSearchOff::~PluginSearchOff() {
  std::lock_guard lock(registry().mutex);
  --registry().searchOff;
}

void findDevicePlugin(std::string_view name) {
  if (auto parsed = parse(name); parsed && !find(parsed->kind))
    search(parsed->kind);
}

Result<std::unique_ptr<Device>> makeDevice(std::string_view name, unsigned threads) {
  auto parsed = parse(name);
  if (!parsed)
    return failFrom(parsed);
  const DevicePlugin *plugin = find(parsed->kind);
  std::string failure;
  if (!plugin) {
    failure = search(parsed->kind);
    plugin = find(parsed->kind);
  }
  if (!plugin)
    return fail(fmt::format("no device {}: expected one of {}, or a plug-in (--plugin){}{}",
                            inQuotes(parsed->kind), fmt::join(deviceNames(), ", "),
                            failure.empty() ? "" : "; ", failure));
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
    return fail(
        fmt::format("plug-in '{}': a device '{}' is registered already", path, plugin->name));
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

std::vector<ListedDevice> listDevices(std::string_view kind) {
  std::vector<ListedDevice> result;
  const DevicePlugin *plugin = find(kind);
  if (!plugin)
    return result;
  auto lines = plugin->list();
  if (!lines)
    result.push_back({std::string(kind), lines.error().message, false});
  for (size_t i = 0; lines && i < lines->size(); ++i)
    result.push_back(
        {i == 0 ? std::string(kind) : fmt::format("{}:{}", kind, i), (*lines)[i], true});
  return result;
}

std::vector<ListedDevice> listDevices() {
  std::vector<ListedDevice> failures, result;
  for (const std::string &file : pluginFiles())
    if (auto loaded = loadDevicePlugin(file); !loaded)
      failures.push_back({file, loaded.error().message, false});
  for (const std::string &name : deviceNames())
    std::ranges::move(listDevices(name), std::back_inserter(result));
  std::ranges::move(failures, std::back_inserter(result));
  return result;
}

} // namespace weft
