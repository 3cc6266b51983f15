// How many bytes one decoded token reads.
#pragma once

#include "runtime/artifact/Artifact.h"

#include <cstdint>

namespace weft::cli {

struct Traffic {
  uint64_t weights = 0;
  /// What sequences remember, at the length asked for.
  uint64_t cache = 0;
  uint64_t total() const { return weights + cache; }
};

/// What one token with `length` tokens before it reads in `entry`: the parameters bound by
/// its steps, each once a step, and all states. In a step that reads token ids, a matrix is
/// a table of which one row is read. Errors: sizes that overflow.
Result<Traffic> decodeTraffic(const schema::Artifact &artifact, const schema::Entry &entry,
                              uint64_t length);

} // namespace weft::cli
