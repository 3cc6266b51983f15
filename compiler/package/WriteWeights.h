// The weights of modules, streamed into the segment of an artifact.
#pragma once

#include "ir/ParameterReader.h"
#include "runtime/artifact/ArtifactWriter.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <vector>

namespace weft {

/// Where a parameter came to stand.
struct WrittenParameter {
  ParameterOp op;
  uint64_t offset = 0; // in the segment, a multiple of artifactAlign
  uint64_t bytes = 0;
};

struct WrittenWeights {
  schema::Segment segment;
  std::vector<WrittenParameter> parameters; // in the order given
};

/// Called from one thread with the share that is done, 0 to 1.
using Progress = std::function<void(double share)>;

/// Converts, packs and writes `parameters`, `threads` at work. Takes a few
/// megabytes for each thread beside the mapped files. Errors: a weight that cannot be read,
/// a disk that is full.
Result<WrittenWeights> writeWeights(llvm::ArrayRef<ParameterOp> parameters, WeightFiles &files,
                                    ArtifactWriter &writer, unsigned threads,
                                    const Progress &progress);

} // namespace weft
