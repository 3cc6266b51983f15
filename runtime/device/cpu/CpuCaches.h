// Sizes of the processor's caches.
#pragma once

#include <cstdint>

namespace weft {

/// Returns the bytes of the largest cache, or 32 MiB if the system does not report it.
uint64_t lastLevelCacheBytes();

} // namespace weft
