// Shared libraries with backends, found and opened: for the registries of both sides.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <vector>

namespace weft {

/// The C function `entry` of the library at `path`, which stays open. A path without a '/' is
/// looked for in pluginFolders() alone, so that "./x.so" is the one of the current folder. Errors:
/// it cannot be opened (says why), or has no such function. Thread-safe.
Result<void *> pluginEntry(const std::string &path, const char *entry);

/// The same; null where there is no such function.
Result<void *> pluginEntryIfAny(const std::string &path, const char *entry);

/// Calls an entry as what this program declares it to be. One of another version may be declared
/// otherwise, which UBSan would refuse before the version can be looked at.
template <typename Function> __attribute__((no_sanitize("function"))) auto callEntry(void *entry) {
  return reinterpret_cast<Function>(entry)();
}

/// Where plug-ins are found by name: the folders of $WEFT_PLUGIN_PATH, separated by ':', then
/// ../lib/weft beside the folder of this program.
std::vector<std::string> pluginFolders();

/// The files "*.so" of these folders in order, but for compile sides ("*-compiler.so").
std::vector<std::string> pluginFiles();

/// Where the compile side of the plug-in `path` may stand by itself: "x-compiler.so" of "x.so".
std::string compileSideName(const std::string &path);
/// The file of the compile side of the plug-in `path`: that one, or `path` itself where there
/// is none.
std::string compileSideOf(const std::string &path);

/// "plug-in 'x.so' was built for version 2 of the device interface, this weft has version 1".
std::string otherVersion(const std::string &path, const char *what, unsigned built, unsigned here);

} // namespace weft
