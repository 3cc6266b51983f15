// The last step of a compilation: planned modules, their code and weights as one file.
#pragma once

#include "compiler/package/ProgramTable.h"
#include "compiler/package/WriteWeights.h"

#include <string>
#include <utility>
#include <vector>

namespace weft {

/// What an artifact holds beside the module.
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

/// Writes `path`, or nothing. The same input gives the same bytes. Modules are of one context. A
/// weight that targets read in the same arrangement is there once. Errors are those of writing
/// and of reading weights; diagnostics of the modules become an error too.
Result<void> writeArtifact(const std::string &path, const std::vector<CompiledTarget> &targets,
                           const ArtifactParts &parts, WeightFiles &files, unsigned threads,
                           const Progress &progress);

} // namespace weft
