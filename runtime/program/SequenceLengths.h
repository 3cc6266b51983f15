// Tracks how many tokens each sequence of a session has, and checks calls against that.
#pragma once

#include "runtime/program/Session.h"

#include <vector>

namespace weft {

/// The lengths of all sequences. Not thread-safe. Allocates nothing after construction.
class SequenceLengths {
public:
  /// All sequences are empty. `options` must be resolved.
  SequenceLengths(const SessionOptions &options, uint32_t vocabulary);

  /// Checks whether `batch` may run now. Call it before take() or drop(). Errors: as for
  /// Session::forward().
  Result<void> check(const Batch &batch);
  /// Records that the batch checked last has run: its sequences now end with its tokens.
  void take(const Batch &batch);
  /// Records that the batch checked last has failed: its sequences now end before its tokens.
  void drop(const Batch &batch);

  /// Checks whether `fork` is possible. Errors: as for Session::fork().
  Result<void> check(const Fork &fork) const;

  uint64_t length(uint64_t sequence) const { return sequences[sequence].length; }
  void truncate(uint64_t sequence, uint64_t length);
  void set(uint64_t sequence, uint64_t length) { sequences[sequence].length = length; }

private:
  struct Sequence {
    uint64_t length = 0;
    /// The range of positions in the last checked batch; valid if `batch` equals batchNumber.
    uint64_t first = 0;
    uint64_t end = 0;
    uint64_t batch = 0;
  };

  Result<void> checkToken(const Batch &batch, size_t i);

  SessionOptions options;
  uint32_t vocabulary;
  uint64_t batchNumber = 0;
  std::vector<Sequence> sequences;
};

} // namespace weft
