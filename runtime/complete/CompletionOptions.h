// What decides a completion beside the model and the prompt.
#pragma once

#include "runtime/complete/Constraint.h"
#include "runtime/complete/Speculation.h"
#include "runtime/generate/sampling/SamplerOptions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace weft::complete {

struct CompletionOptions {
  /// The most tokens of a completion.
  uint64_t newTokens = 256;
  SamplerOptions sampler;
  ConstraintOptions constraint;
  SpeculationOptions speculation;
  /// Each ends a completion and is no part of it.
  std::vector<std::string> stops;
  /// Completions of the prompt; with beams, how many of the best ones.
  uint64_t samples = 1;
  /// Texts that beam search follows; 0: tokens are drawn instead.
  uint64_t beams = 0;
  /// As of BeamOptions.
  double lengthPenalty = 1;
  /// Most likely tokens to tell beside each one taken.
  std::optional<uint64_t> logProbabilities;

  /// The sequences that a session needs.
  uint64_t sequences() const { return beams ? beams : samples; }
  /// The rows of logits that one call of the model needs.
  uint64_t rows() const { return std::max(sequences(), speculation.rows()); }
};

} // namespace weft::complete
