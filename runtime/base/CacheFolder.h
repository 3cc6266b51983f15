// Where this user's machine keeps what can be made again.
#pragma once

#include <string>

namespace weft {

/// $XDG_CACHE_HOME/weft, by default ~/.cache/weft; it is made where it is missing. "" where there
/// is no place for it, or the environment variable WEFT_NO_CACHE is set and not empty. Thread-safe.
std::string cacheFolder();

} // namespace weft
