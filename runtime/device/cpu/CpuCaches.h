// The caches of the machine.
#pragma once

#include <cstdint>

namespace weft {

/// Bytes of the largest cache, or 32 MiB where the machine does not say.
uint64_t lastLevelCacheBytes();

} // namespace weft
