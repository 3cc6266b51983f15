// Writes an artifact: planned modules, their code and their weights in one file.
#pragma once

#include "compiler/package/ProgramTable.h"
#include "compiler/package/WriteWeights.h"

#include <string>
#include <utility>
#include <vector>

namespace weft {

/// The contents of an artifact other than modules and code.
struct ArtifactParts {
  std::string tokenizerJson; // may be empty
  std::vector<int32_t> endIds;
  int32_t beginId = -1;
  std::string chatTemplate, beginToken, endToken;
  std::string family;
  uint32_t vocabulary = 0;
  uint32_t context = 0;
  uint64_t weightCount = 0;
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  Pairs config;
  Pairs provenance;
};

/// Writes `path`, or nothing. The same input gives the same bytes. All modules belong to one MLIR
/// context. A weight that several targets read in the same arrangement is stored once. Errors:
/// writing fails, a weight cannot be read, or a module is invalid, whose diagnostic becomes the
/// error.
Result<void> writeArtifact(const std::string &path, const std::vector<CompiledTarget> &targets,
                           const ArtifactParts &parts, WeightFiles &files, unsigned threads,
                           const Progress &progress);

} // namespace weft
