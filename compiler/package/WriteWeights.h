// Writes the weights of modules to a segment of an artifact.
#pragma once

#include "ir/ParameterReader.h"
#include "runtime/artifact/ArtifactWriter.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <vector>

namespace weft {

/// The place of a parameter in the segment.
struct WrittenParameter {
  ParameterOp op;
  uint64_t offset = 0; // in the segment, a multiple of artifactAlign
  uint64_t bytes = 0;
};

struct WrittenWeights {
  schema::Segment segment;
  std::vector<WrittenParameter> parameters; // in the order given
};

/// Called from one thread with the finished share, 0 to 1.
using Progress = std::function<void(double share)>;

/// Converts, packs and writes `parameters` with `threads` threads. Each thread needs a few
/// megabytes in addition to the mapped files. Errors: a weight cannot be read, or writing fails.
Result<WrittenWeights> writeWeights(llvm::ArrayRef<ParameterOp> parameters, WeightFiles &files,
                                    ArtifactWriter &writer, unsigned threads,
                                    const Progress &progress);

} // namespace weft
