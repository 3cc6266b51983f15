// What a sampler does to logits, by numbers.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <vector>

namespace weft {

/// Added to the logit of a token: minus infinity forbids it.
struct LogitBias {
  int32_t id = 0;
  float bias = 0;
};

struct SamplerOptions {
  /// Logits are divided by it; 0 takes the largest logit always.
  double temperature = 0.8;
  /// Keeps the k most likely tokens; 0 keeps all.
  uint64_t topK = 0;
  /// Keeps the fewest tokens, most likely first, whose probabilities reach this sum; in
  /// (0, 1]. Holtzman et al., "The curious case of neural text degeneration", 2019.
  double topP = 0.95;
  /// Keeps tokens at least this times as likely as the most likely; in [0, 1]. Nguyen et
  /// al., "Turning up the heat: min-p sampling", 2024.
  double minP = 0;
  uint64_t seed = 0;
  /// Keeps the fewest tokens, those first whose -ln p is nearest to the entropy, whose
  /// probabilities reach this sum; in (0, 1]. Meister et al., "Locally typical sampling", 2022.
  double typicalP = 1;
  /// Positive logits of tokens that were there are divided by it, others multiplied; above 0.
  /// Keskar et al., "CTRL", 2019, section 4.1.
  double repetitionPenalty = 1;
  /// Taken from the logit of a token that was there; and of one that was there c times, c times.
  double presencePenalty = 0;
  double frequencyPenalty = 0;
  /// "Was there" is among the last so many tokens of prompt and text together; 0: among all.
  uint64_t penaltyWindow = 64;
  /// Biases of one token add up.
  std::vector<LogitBias> logitBias = {};
};

/// Whether all are in their ranges, and numbers. Token ids are looked at when the vocabulary is
/// known, with the first logits.
Result<void> check(const SamplerOptions &options);

} // namespace weft
