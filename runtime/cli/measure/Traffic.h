// The bytes that the steps of a call read and write, and the operations that they compute.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <cstdint>
#include <vector>

namespace weft::cli {

/// The size of one call of a model: `tokens` new tokens after `before` earlier ones, with `rows`
/// logit rows.
struct CallSize {
  uint64_t tokens = 1, rows = 1, before = 0;
};

/// The least that a step has to move and compute, in bytes and operations, however it is
/// implemented.
struct StepWork {
  /// Bytes of the parameters that it binds, each counted once; of an embedding table, one row for
  /// each token.
  uint64_t weights = 0;
  /// Bytes of the KV cache: read once up to the last position, or written.
  uint64_t cacheRead = 0, cacheWritten = 0;
  /// Bytes of activations, inputs and outputs, read or written. They are usually in the processor's
  /// caches.
  uint64_t activations = 0;
  /// Two operations for each weight and token (or logit row), none for embedding tables; four for
  /// each query element and position in attention.
  double operations = 0;
  /// Whether its products are of integers, as its weights are stored in blocks.
  bool integers = false;

  /// Returns the bytes that come from memory.
  uint64_t memory() const { return weights + cacheRead + cacheWritten; }
};

/// Returns the work of every step of `entry`, in order. In a step that reads token ids, a matrix is
/// taken to be a table of which rows are read. Of the steps that bind a state, the first is taken
/// to append to it and the next to read it; a single one does both. Errors: sizes that overflow.
Result<std::vector<StepWork>> workOfSteps(const schema::Artifact &artifact,
                                          const schema::Entry &entry, const CallSize &call);

/// Bytes that decoding one token reads.
struct Traffic {
  uint64_t weights = 0;
  /// The KV cache, at the length asked for.
  uint64_t cache = 0;
  uint64_t total() const { return weights + cache; }
};

/// Returns what decoding one token reads if the sequence then has `length` tokens, including the
/// new one: the sum of its steps. Errors are those of workOfSteps().
Result<Traffic> decodeTraffic(const schema::Artifact &artifact, const schema::Entry &entry,
                              uint64_t length);

} // namespace weft::cli
