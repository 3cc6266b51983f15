// How likely the model found a token and its rivals.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

/// Natural logarithms of the model's own probabilities: of its logits as they are, at
/// temperature 1, before anything that a sampler does.
struct LogProbabilities {
  struct Token {
    int32_t id;
    double value;
  };
  /// That of the token that was taken.
  double taken = 0;
  /// The most likely tokens in order, of equal ones the lower id first.
  std::vector<Token> best;
};

/// Of token `id` and the `best` most likely ones (fewer where the vocabulary is smaller). Logits
/// as Sampler::sample takes them. Same bits on every machine, as of all here.
LogProbabilities logProbabilities(std::span<const float> logits, int32_t id, uint64_t best);

/// ln of the sum of e^logit over all, in f64; NaN where a logit is NaN or plus infinity.
double logSumExp(std::span<const float> logits);

/// The ids of the `count` largest logits (all, where there are fewer), the largest first, of equal
/// ones the lower id. No logit is NaN.
std::vector<int32_t> mostLikelyIds(std::span<const float> logits, uint64_t count);

} // namespace weft
