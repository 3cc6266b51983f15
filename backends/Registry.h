// Backends by name: those that are built in, and those of plug-ins.
#pragma once

#include "backends/Backend.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// The backend called `name`. One that is not known yet is looked for in the plug-ins of
/// pluginFiles() (runtime/device/Plugin.h). Errors: there is none of that name (says which there
/// are), or those of making it. Thread-safe.
Result<std::unique_ptr<Backend>> makeBackend(std::string_view name, const BackendOptions &options);

/// The target that a model is compiled for by default, and that takes the kernels which others
/// leave.
inline constexpr const char *defaultTarget = "cpu";

/// Whether the backend called `name` compiles for processors (BackendPlugin::hasProcessors); false
/// where none of that name is known yet. Thread-safe.
bool hasProcessors(std::string_view name);

/// Adds a kind of backend; those that are built in are there from the start. Errors: the name
/// is taken. Thread-safe.
Result<void> registerBackend(const BackendPlugin &plugin);

/// Adds the compile side of the plug-in in the file `path`; nothing where it was added before.
/// Errors: it cannot be opened, has no compile side, or was built for another version or LLVM.
/// Thread-safe.
Result<void> loadBackendPlugin(const std::string &path);

/// A target that makeBackend() gives, or a plug-in that does not load.
struct ListedBackend {
  std::string name;
  std::string description; // or why it does not load
  bool available = false;
};

/// All targets, sorted, those of pluginFiles() among them. Thread-safe.
std::vector<ListedBackend> listBackends();

} // namespace weft
