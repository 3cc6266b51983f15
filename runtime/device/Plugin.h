// Finds and opens plug-ins (shared libraries), for the registries of devices and of backends.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <vector>

namespace weft {

/// Opens the library at `path`, which stays open, and returns its C function `entry`. A path
/// without a '/' is looked for only in pluginFolders(); "./x.so" names a file in the current
/// folder. Errors: the library cannot be opened (the message says why) or has no such function.
/// Thread-safe.
Result<void *> pluginEntry(const std::string &path, const char *entry);

/// Does what pluginEntry() does, but returns null if there is no such function. Thread-safe.
Result<void *> pluginEntryIfAny(const std::string &path, const char *entry);

/// Calls `entry` with the type that this program declares for it. A plug-in built for another
/// version may declare it differently, so UBSan's type check is off: it would fail before the
/// version can be compared.
template <typename Function> __attribute__((no_sanitize("function"))) auto callEntry(void *entry) {
  return reinterpret_cast<Function>(entry)();
}

/// Returns the folders in which plug-ins are looked for by name: those of $WEFT_PLUGIN_PATH,
/// separated by ':', then ../lib/weft relative to this program's folder.
std::vector<std::string> pluginFolders();

/// Returns the "*.so" files in pluginFolders(), in order, without compile sides ("*-compiler.so").
std::vector<std::string> pluginFiles();

/// Returns the file in which a separate compile side of the plug-in `path` would be:
/// "x-compiler.so" for "x.so". The file may not exist.
std::string compileSideName(const std::string &path);
/// Returns the file to load the compile side of the plug-in `path` from: compileSideName(path) if
/// that file exists, else `path` itself.
std::string compileSideOf(const std::string &path);

/// Returns the message for a plug-in of another version: "plug-in 'x.so' was built for version 2 of
/// the device interface, this program has version 1; ...".
std::string otherVersion(const std::string &path, const char *what, unsigned built, unsigned here);

} // namespace weft
