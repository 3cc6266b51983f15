// The memory of a session, as numbers.
#pragma once

#include "runtime/program/Session.h"

#include <vector>

namespace weft {

/// `options` with the defaults filled in. Errors: zero or more than an i32 holds, a context
/// beyond what the model was made for.
Result<SessionOptions> resolveOptions(const schema::Artifact &artifact, SessionOptions options);

/// Part of the segment of the weights.
struct WeightRange {
  uint64_t begin = 0, end = 0;
};

/// Bytes of every buffer of an entry point at the sizes of `options` (resolved).
struct Plan {
  /// The memory in which each part of the program works: devices that use that of the host
  /// share one.
  std::vector<unsigned> memoryOf;
  unsigned memories = 1;
  /// What kernels read of the weights in each memory, in order.
  std::vector<std::vector<WeightRange>> weights;
  uint64_t code = 0;
  /// In each memory.
  uint64_t arena = 0;
  /// 0: of another program.
  std::vector<uint64_t> states;
  /// In each memory.
  std::vector<uint64_t> inputs;
  std::vector<uint64_t> outputs;

  MemoryUse use() const;
};

Sizes sizesOf(const SessionOptions &options);

/// `memoryOf` as above, of every part of the program. Errors: a buffer, or all together, beyond
/// what 63 bits count.
Result<Plan> makePlan(const schema::Artifact &artifact, const schema::Program &program,
                      const schema::Entry &entry, const SessionOptions &options,
                      std::vector<unsigned> memoryOf);

} // namespace weft
