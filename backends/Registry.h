// The registry of backends by name: the built-in ones and those of plug-ins.
#pragma once

#include "backends/Backend.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// Makes the backend called `name`. If it is not registered yet, it is looked for in the plug-ins
/// of pluginFiles() (runtime/device/Plugin.h). Errors: no backend has that name (the message lists
/// those that exist), or those of making it. Thread-safe.
Result<std::unique_ptr<Backend>> makeBackend(std::string_view name, const BackendOptions &options);

/// The default target of weftc, which also gets the kernels that no other target supports.
inline constexpr const char *defaultTarget = "cpu";

/// Returns whether the backend called `name` compiles for processors
/// (BackendPlugin::hasProcessors); false if no backend of that name is registered yet. Thread-safe.
bool hasProcessors(std::string_view name);

/// Registers a backend; the built-in ones are always registered. Errors: the name is taken.
/// Thread-safe.
Result<void> registerBackend(const BackendPlugin &plugin);

/// Registers the compile side of the plug-in in the file `path`, unless it was registered before.
/// Errors: the file cannot be opened, has no compile side, or was built for another version or
/// LLVM. Thread-safe.
Result<void> loadBackendPlugin(const std::string &path);

/// One entry of listBackends(): a target that makeBackend() can make, or a plug-in that does not
/// load.
struct ListedBackend {
  std::string name;
  std::string description; // or the error, if it does not load
  bool available = false;
};

/// Returns all targets, sorted by name, including those of pluginFiles(). Thread-safe.
std::vector<ListedBackend> listBackends();

} // namespace weft
