#include "runtime/device/Plugin.h"

#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sstream>

namespace weft {

namespace files = std::filesystem;

constexpr std::string_view compilerSuffix = "-compiler";

/// The file that `path` means; `path` itself where that is a bare name and in no folder.
static std::string found(const std::string &path) {
  std::error_code ignored;
  if (path.find('/') != std::string::npos)
    return path;
  for (const std::string &folder : pluginFolders())
    if (std::string file = folder + "/" + path; files::exists(file, ignored))
      return file;
  return path;
}

Result<void *> pluginEntryIfAny(const std::string &path, const char *entry) {
  const std::string file = found(path);
  std::error_code ignored;
  if (file.find('/') == std::string::npos) // which dlopen would look for among the system's
    return fail(fmt::format("cannot open the plug-in '{}': expected it in one of the plug-in "
                            "folders ({}), found none{}",
                            path, fmt::join(pluginFolders(), ", "),
                            files::exists(path, ignored)
                                ? fmt::format("; the one in the current folder is ./{}", path)
                                : ""));
  void *library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return fail(fmt::format("cannot open the plug-in '{}': {}{}", path, ::dlerror(),
                            files::path(path).stem().string().ends_with(compilerSuffix)
                                ? " (a compile side, which only a compiler can load)"
                                : ""));
  return ::dlsym(library, entry);
}

Result<void *> pluginEntry(const std::string &path, const char *entry) {
  auto function = pluginEntryIfAny(path, entry);
  if (function && !*function)
    return fail(fmt::format("'{}' is no plug-in for this: expected a function {}, found none", path,
                            entry));
  return function;
}

std::vector<std::string> pluginFolders() {
  std::vector<std::string> folders;
  if (const char *path = std::getenv("WEFT_PLUGIN_PATH")) {
    std::istringstream parts{std::string(path)};
    for (std::string folder; std::getline(parts, folder, ':');)
      if (!folder.empty())
        folders.push_back(folder);
  }
  std::error_code error;
  if (files::path program = files::read_symlink("/proc/self/exe", error); !error)
    folders.push_back((program.parent_path().parent_path() / "lib" / "weft").string());
  return folders;
}

std::vector<std::string> pluginFiles() {
  std::vector<std::string> result;
  for (const std::string &folder : pluginFolders()) {
    std::vector<std::string> here;
    std::error_code error;
    for (files::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      if (at->path().extension() == ".so" && !at->path().stem().string().ends_with(compilerSuffix))
        here.push_back(at->path().string());
    std::sort(here.begin(), here.end());
    result.insert(result.end(), here.begin(), here.end());
  }
  return result;
}

std::string compileSideName(const std::string &path) {
  files::path file = found(path);
  std::string name = file.stem().string() + std::string(compilerSuffix) + file.extension().string();
  return file.replace_filename(name).string();
}

std::string compileSideOf(const std::string &path) {
  std::string beside = compileSideName(path);
  std::error_code ignored;
  return files::exists(beside, ignored) ? beside : found(path);
}

std::string otherVersion(const std::string &path, const char *what, unsigned built, unsigned here) {
  return fmt::format("plug-in '{}' was built for version {} of the {} interface, this program has "
                     "version {}; build it again with the headers of this program",
                     path, built, what, here);
}

} // namespace weft
