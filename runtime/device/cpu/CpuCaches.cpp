#include "runtime/device/cpu/CpuCaches.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <unistd.h>

namespace weft {

uint64_t lastLevelCacheBytes() {
  // Linux knows better than the C library, which takes some AMD processors' caches for ten
  // times what they are.
  uint64_t largest = 0;
  for (int index = 0; index < 8; ++index) {
    std::ifstream file(fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/size", index));
    uint64_t kibibytes = 0;
    if (file >> kibibytes)
      largest = std::max(largest, kibibytes << 10);
  }
  if (largest > 0)
    return largest;
  const long told = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return told > 0 ? uint64_t(told) : uint64_t(32) << 20;
}

} // namespace weft
