// How fast this machine reads memory.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <memory>

namespace weft::cli {

/// A plain read of memory by several threads: what decoding, which reads every weight for
/// every token, can be compared with.
class ReadBandwidth {
public:
  /// Errors: not enough memory for the buffer, which is several times the last-level cache
  /// (at least 256 MiB, at most 1 GiB).
  static Result<ReadBandwidth> make(unsigned threads);

  /// Bytes a second that the threads together read, each summing its own part of the
  /// buffer: the median of several passes. Takes a tenth of a second.
  double measure();

private:
  std::unique_ptr<uint64_t[]> buffer;
  uint64_t wordsEach = 0;
  unsigned threads = 1;
  bool touched = false;
};

} // namespace weft::cli
