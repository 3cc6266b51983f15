// How many bytes the steps of a call read and write, and how much they compute.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <cstdint>
#include <vector>

namespace weft::cli {

/// One call of a model: `tokens` new ones behind `before`, logits of `rows` of them.
struct CallSize {
  uint64_t tokens = 1, rows = 1, before = 0;
};

/// What a step has to move and to compute at least, however it does it.
struct StepWork {
  /// Parameters that it binds, each once; of a table one row for every token.
  uint64_t weights = 0;
  /// KV cache: read once, up to the last position, or written.
  uint64_t cacheRead = 0, cacheWritten = 0;
  /// What it is given of activations, inputs and outputs, read or written. They mostly lie in
  /// caches.
  uint64_t activations = 0;
  /// Two for each weight and token (or row of logits), but for tables, and four for each
  /// value of the queries and position in attention.
  double operations = 0;
  /// Whether its products are of integers: its weights are in blocks.
  bool integers = false;

  /// What comes from memory.
  uint64_t memory() const { return weights + cacheRead + cacheWritten; }
};

/// Of every step of `entry`, in order. In a step that reads token ids, a matrix is a table of
/// which rows are read. Of the steps that bind a state the first one that does appends to it and
/// the next reads it, unless it is the only one. Errors: sizes that overflow.
Result<std::vector<StepWork>> workOfSteps(const schema::Artifact &artifact,
                                          const schema::Entry &entry, const CallSize &call);

struct Traffic {
  uint64_t weights = 0;
  /// What the sequence remembers, at the length asked for.
  uint64_t cache = 0;
  uint64_t total() const { return weights + cache; }
};

/// What decoding one token to a length of `length`, it among them, reads: the sum of its steps.
/// Errors: those of workOfSteps().
Result<Traffic> decodeTraffic(const schema::Artifact &artifact, const schema::Entry &entry,
                              uint64_t length);

} // namespace weft::cli
