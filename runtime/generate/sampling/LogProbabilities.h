// Log-probabilities of a token and of its most likely alternatives.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

/// Natural logarithms of the model's own probabilities: of its unchanged logits at temperature 1,
/// before sampling options.
struct LogProbabilities {
  struct Token {
    int32_t id;
    double value;
  };
  /// The log-probability of the token that was taken.
  double taken = 0;
  /// The most likely tokens, most likely first, then by id.
  std::vector<Token> best;
};

/// Returns the log-probabilities of token `id` and of the `best` most likely tokens (fewer if the
/// vocabulary is smaller). `logits` are as for Sampler::sample(). Like all functions here, it
/// returns the same bits on every machine.
LogProbabilities logProbabilities(std::span<const float> logits, int32_t id, uint64_t best);

/// Returns the logarithm of the sum of e^logit, computed in f64; NaN if a logit is NaN or plus
/// infinity.
double logSumExp(std::span<const float> logits);

/// Returns the ids of the `count` largest logits (all, if there are fewer), largest first, then by
/// id. No logit may be NaN.
std::vector<int32_t> mostLikelyIds(std::span<const float> logits, uint64_t count);

} // namespace weft
