// How many tokens each sequence of a session holds, and which batches may follow.
#pragma once

#include "runtime/program/Session.h"

#include <vector>

namespace weft {

/// Not thread-safe. Allocates nothing after construction.
class SequenceLengths {
public:
  /// `options` resolved.
  SequenceLengths(const SessionOptions &options, uint32_t vocabulary);

  /// Whether `batch` may run now. Must come before take() and drop().
  Result<void> check(const Batch &batch);
  /// The batch that was checked last has run: its sequences end with its tokens.
  void take(const Batch &batch);
  /// It failed: its sequences end where it began.
  void drop(const Batch &batch);

  /// Whether sequences can be copied so.
  Result<void> check(const Fork &fork) const;

  uint64_t length(uint64_t sequence) const { return sequences[sequence].length; }
  void truncate(uint64_t sequence, uint64_t length);
  void set(uint64_t sequence, uint64_t length) { sequences[sequence].length = length; }

private:
  struct Sequence {
    uint64_t length = 0;
    /// Range of positions in the batch that was checked last, if `batch` is its number.
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
