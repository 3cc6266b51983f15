// Ways for one thread to read memory. Which one is fastest depends on the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace weft::cli {

/// One way to read memory.
struct ReadWay {
  /// Loads of 64 bytes rather than 32 (16 on processors without 32-byte loads).
  bool wide = true;
  /// Number of places that are read alternately: 1, 2 or 4.
  unsigned streams = 1;
  /// Prefetch distance in bytes; 0: left to the hardware prefetcher.
  size_t ahead = 0;
  /// Whether to compute between the loads, as kernels do; processors fetch further ahead then.
  bool computes = false;
  /// Whether each thread has its own range of the first three quarters; the rest, or everything if
  /// false, is taken in pieces by whichever thread is free.
  bool apart = true;
  /// Whether to read a copy in huge pages rather than the memory itself.
  bool copy = false;

  /// Returns a description for people.
  std::string describe() const;
};

/// Says whether this processor has 64-byte loads.
bool hasWideLoads();

/// Reads `bytes` bytes (a multiple of 4096) from `from` (aligned to 64 bytes) on the calling
/// thread. Ignores `apart` and `copy`, which the caller handles. Returns a value that depends on
/// all bytes, so that the compiler keeps the reads.
uint64_t readMemory(const ReadWay &way, const std::byte *from, size_t bytes);

} // namespace weft::cli
