// The user's cache folder, for files that can be made again: compiled pipelines, tuning results.
#pragma once

#include <string>

namespace weft {

/// Returns $XDG_CACHE_HOME/weft (by default ~/.cache/weft) and creates it if missing. Returns "" if
/// it cannot be created, or if the environment variable WEFT_NO_CACHE is set and not empty.
/// Thread-safe.
std::string cacheFolder();

} // namespace weft
