// Ways for one thread to read memory; which one is fastest depends on the machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace weft::cli {

struct ReadWay {
  /// Loads of 64 bytes rather than 32 (16 where the processor has no more).
  bool wide = true;
  /// Places that are read in turn: 1, 2 or 4.
  unsigned streams = 1;
  /// Bytes that memory is asked for ahead of its use; 0: left to the processor.
  size_t ahead = 0;
  /// Arithmetic between the loads, as in a kernel: processors fetch further ahead then.
  bool computes = false;
  /// Each thread has a part of its own, but for the last quarter; else all take the next
  /// piece in turn.
  bool apart = true;
  /// A copy in huge pages rather than the memory itself.
  bool copy = false;

  std::string describe() const;
};

/// Whether this processor has loads of 64 bytes.
bool hasWideLoads();

/// Reads `bytes` (a multiple of 4096) from `from`, aligned to 64 bytes, on the calling thread.
/// `apart` and `copy` are the caller's business. The result is for the compiler's sake.
uint64_t readMemory(const ReadWay &way, const std::byte *from, size_t bytes);

} // namespace weft::cli
