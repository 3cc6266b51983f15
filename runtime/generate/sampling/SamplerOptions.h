// The options of sampling.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <vector>

namespace weft {

/// A number added to the logit of token `id`; minus infinity forbids the token.
struct LogitBias {
  int32_t id = 0;
  float bias = 0;
};

/// Options of a Sampler, which applies them in the order that Sampler.h gives.
struct SamplerOptions {
  /// Logits are divided by the temperature; 0 always takes the largest logit (greedy decoding).
  double temperature = 0.8;
  /// Keeps the k most likely tokens; 0 keeps all.
  uint64_t topK = 0;
  /// Keeps the fewest tokens, most likely first, whose probabilities reach this sum; in
  /// (0, 1]. Holtzman et al., "The curious case of neural text degeneration", 2019.
  double topP = 0.95;
  /// Keeps tokens whose probability is at least this fraction of the most likely one's; in [0, 1].
  /// Nguyen et al., "Turning up the heat: min-p sampling", 2024.
  double minP = 0;
  uint64_t seed = 0;
  /// Keeps the fewest tokens, in the order of |-ln p - entropy|, whose probabilities reach this
  /// sum; in (0, 1]. Meister et al., "Locally typical sampling", 2022.
  double typicalP = 1;
  /// For tokens that occurred: positive logits are divided by this number, others multiplied; above
  /// 0. Keskar et al., "CTRL", 2019, section 4.1.
  double repetitionPenalty = 1;
  /// Subtracted from the logit of a token that occurred: presencePenalty once, frequencyPenalty
  /// once for each occurrence.
  double presencePenalty = 0;
  double frequencyPenalty = 0;
  /// A token occurred if it is among this many last tokens of prompt and text together; 0: among
  /// all.
  uint64_t penaltyWindow = 64;
  /// Biases of one token add up.
  std::vector<LogitBias> logitBias = {};
};

/// Checks that all options are numbers within their ranges. Token ids of biases are checked with
/// the first logits, when the vocabulary is known.
Result<void> check(const SamplerOptions &options);

} // namespace weft
