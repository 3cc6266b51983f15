// Elapsed time.
#pragma once

#include <chrono>

namespace weft {

/// Returns the seconds from `start` to now.
inline double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace weft
