#include "runtime/base/CacheFolder.h"

#include <cerrno>
#include <cstdlib>
#include <sys/stat.h>

namespace weft {

std::string cacheFolder() {
  if (const char *off = std::getenv("WEFT_NO_CACHE"); off && *off)
    return "";
  std::string base;
  if (const char *xdg = std::getenv("XDG_CACHE_HOME"); xdg && *xdg == '/')
    base = xdg;
  else if (const char *home = std::getenv("HOME"); home && *home == '/')
    base = std::string(home) + "/.cache";
  else
    return "";
  std::string folder = base + "/weft";
  for (const std::string &part : {base, folder})
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST)
      return "";
  return folder;
}

} // namespace weft
