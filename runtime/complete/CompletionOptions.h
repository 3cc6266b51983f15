// Everything except model and prompt that determines a completion.
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
  /// The most new tokens of a completion.
  uint64_t newTokens = 256;
  SamplerOptions sampler;
  ConstraintOptions constraint;
  SpeculationOptions speculation;
  /// Stop strings; each ends a completion and is not part of it.
  std::vector<std::string> stops;
  /// Number of completions of the prompt; with beam search, how many of the best texts.
  uint64_t samples = 1;
  /// Number of beams; 0: sampling in place of beam search.
  uint64_t beams = 0;
  /// As in BeamOptions.
  double lengthPenalty = 1;
  /// How many most likely tokens to return beside each token; empty: no log-probabilities.
  std::optional<uint64_t> logProbabilities;

  /// Returns how many sequences a session needs.
  uint64_t sequences() const { return beams ? beams : samples; }
  /// Returns how many logit rows one call of the model needs.
  uint64_t rows() const { return std::max(sequences(), speculation.rows()); }
};

} // namespace weft::complete
