// How fast this machine reads memory.
#pragma once

#include "runtime/artifact/Error.h"

#include <cstdint>

namespace weft::cli {

/// Bytes of the largest cache, or 32 MiB where the machine does not say.
uint64_t lastLevelCacheBytes();

/// Bytes a second that `threads` threads together read at best, from memory: the fastest of
/// several passes over a buffer of several times the last-level cache (at least 256 MiB, at
/// most 1 GiB), each thread summing its own part. Takes about a second. Errors: not enough
/// memory for the buffer.
Result<double> measureReadBandwidth(unsigned threads);

} // namespace weft::cli
