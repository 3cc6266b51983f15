#include "backends/Registry.h"

#include "backends/cpu/CpuBackend.h"
#include "backends/vulkan/VulkanBackend.h"
#include "runtime/device/Plugin.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <mutex>
#include <set>

namespace weft {

namespace {

struct Registry {
  std::mutex mutex;
  std::map<std::string, BackendPlugin, std::less<>> kinds = {{"cpu", cpu::backendPlugin},
                                                             {"vulkan", vulkan::backendPlugin}};
  std::set<const BackendPlugin *> loaded;
};

} // namespace

static Registry &registry() {
  static Registry instance;
  return instance;
}

static const BackendPlugin *find(std::string_view name) {
  std::lock_guard lock(registry().mutex);
  auto found = registry().kinds.find(name);
  return found == registry().kinds.end() ? nullptr : &found->second;
}

static std::vector<std::string> names() {
  std::lock_guard lock(registry().mutex);
  std::vector<std::string> result;
  for (const auto &[name, plugin] : registry().kinds)
    result.push_back(name);
  return result;
}

/// Null for a plug-in that runs and compiles nothing.
static Result<const BackendPlugin *> open(const std::string &path) {
  auto entry = pluginEntryIfAny(compileSideOf(path), "weft_backend_plugin");
  if (!entry || !*entry)
    return entry ? Result<const BackendPlugin *>(nullptr) : failFrom(entry);
  const BackendPlugin *plugin = callEntry<decltype(&weft_backend_plugin)>(*entry);
  if (!plugin || plugin->version != backendVersion)
    return fail(otherVersion(path, "backend", plugin ? plugin->version : 0, backendVersion));
  if (!plugin->llvm || std::string_view(plugin->llvm) != LLVM_VERSION_STRING)
    return fail(
        fmt::format("plug-in '{}' was built for LLVM {}, this program has LLVM {}; build it "
                    "again with the LLVM of this program",
                    path, plugin->llvm ? plugin->llvm : "?", LLVM_VERSION_STRING));
  if (!plugin->name || !plugin->description || !plugin->make)
    return fail(fmt::format("plug-in '{}': expected a name, a description and a function that "
                            "makes its backend",
                            path));
  return plugin;
}

static Result<void> add(const std::string &path, const BackendPlugin &plugin) {
  std::lock_guard lock(registry().mutex);
  if (registry().loaded.contains(&plugin))
    return {};
  if (!registry().kinds.emplace(plugin.name, plugin).second)
    return fail(
        fmt::format("plug-in '{}': a target '{}' is registered already", path, plugin.name));
  registry().loaded.insert(&plugin);
  return {};
}

/// Loads the plug-ins of pluginFiles() until `name` is known ("": all of them). Returns what
/// did not load: file and reason.
static std::vector<std::pair<std::string, std::string>> search(std::string_view name) {
  std::vector<std::pair<std::string, std::string>> failures;
  for (const std::string &file : pluginFiles()) {
    auto plugin = open(file);
    Result<void> added;
    if (plugin && *plugin)
      added = add(file, **plugin);
    if (!plugin || !added)
      failures.emplace_back(file, (plugin ? added.error() : plugin.error()).message);
    if (!name.empty() && find(name))
      break;
  }
  return failures;
}

Result<std::unique_ptr<Backend>> makeBackend(std::string_view name, const BackendOptions &options) {
  const BackendPlugin *plugin = find(name);
  std::string failures;
  if (!plugin) {
    for (const auto &[file, reason] : search(name))
      failures += "; " + reason;
    plugin = find(name);
  }
  if (!plugin)
    return fail(fmt::format("no target '{}': expected one of {}, or a plug-in (--plugin){}", name,
                            fmt::join(names(), ", "), failures));
  return plugin->make(options);
}

bool hasProcessors(std::string_view name) {
  const BackendPlugin *plugin = find(name);
  return plugin && plugin->hasProcessors;
}

Result<void> registerBackend(const BackendPlugin &plugin) {
  std::lock_guard lock(registry().mutex);
  if (!registry().kinds.emplace(plugin.name, plugin).second)
    return fail(fmt::format("a target '{}' is registered already", plugin.name));
  return {};
}

Result<void> loadBackendPlugin(const std::string &path) {
  auto plugin = open(path);
  if (!plugin)
    return failFrom(plugin);
  if (!*plugin)
    return fail(fmt::format("'{}' has no compile side: expected a function weft_backend_plugin in "
                            "it, or the file '{}'",
                            path, compileSideName(path)));
  return add(path, **plugin);
}

std::vector<ListedBackend> listBackends() {
  auto failures = search("");
  std::vector<ListedBackend> result;
  for (const std::string &name : names())
    result.push_back({name, find(name)->description, true});
  for (auto &[file, reason] : failures)
    result.push_back({file, reason, false});
  return result;
}

} // namespace weft
