// The memory of a session, as numbers.
#pragma once

#include "runtime/program/Session.h"

#include <vector>

namespace weft {

/// `options` with the defaults filled in. Errors: zero or more than an i32 holds, a context
/// beyond what the model was made for.
Result<SessionOptions> resolveOptions(const schema::Artifact &artifact, SessionOptions options);

/// Bytes of every buffer of an entry point at the sizes of `options` (resolved).
struct Plan {
  uint64_t weights = 0;
  uint64_t code = 0;
  uint64_t arena = 0;
  std::vector<uint64_t> states;
  std::vector<uint64_t> inputs;
  std::vector<uint64_t> outputs;

  MemoryUse use() const;
};

Sizes sizesOf(const SessionOptions &options);

/// Errors: a buffer, or all together, beyond what 63 bits count.
Result<Plan> makePlan(const schema::Artifact &artifact, const schema::Program &program,
                      const schema::Entry &entry, const SessionOptions &options);

} // namespace weft
