// The memory that a session needs, in bytes.
#pragma once

#include "runtime/program/Session.h"

#include <vector>

namespace weft {

/// Returns `options` with defaults filled in. Errors: a size that is zero or exceeds an i32, or a
/// context longer than the model allows.
Result<SessionOptions> resolveOptions(const schema::Artifact &artifact, SessionOptions options);

/// The bytes [begin, end) of the weight segment.
struct WeightRange {
  uint64_t begin = 0, end = 0;
};

/// The bytes of every buffer of an entry point, for resolved options.
struct Plan {
  /// For each part of the program, the number of the memory that it uses. Devices that use host
  /// memory share one.
  std::vector<unsigned> memoryOf;
  unsigned memories = 1;
  /// For each memory, the ranges of the weights that kernels read, in order.
  std::vector<std::vector<WeightRange>> weights;
  uint64_t code = 0;
  /// Bytes of the arena, which every memory has.
  uint64_t arena = 0;
  /// For each state; 0 for a state that the program does not use.
  std::vector<uint64_t> states;
  /// Bytes of each input and output port, which every memory has.
  std::vector<uint64_t> inputs;
  std::vector<uint64_t> outputs;

  MemoryUse use() const;
};

/// Returns the sizes that formulas depend on. `options` must be resolved.
Sizes sizesOf(const SessionOptions &options);

/// Plans the memory of `entry`. `options` must be resolved; `memoryOf` is as in Plan. Errors: the
/// size of a buffer, or the total, exceeds 63 bits.
Result<Plan> makePlan(const schema::Artifact &artifact, const schema::Program &program,
                      const schema::Entry &entry, const SessionOptions &options,
                      std::vector<unsigned> memoryOf);

} // namespace weft
