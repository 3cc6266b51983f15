// The choice of the next token from its logits.
#pragma once

#include "runtime/artifact/Error.h"
#include "runtime/generate/Random.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

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
};

/// Draws tokens. The order is: temperature, top-k, top-p (of the probability that top-k
/// left), min-p, draw. Tokens rank by logit, equal ones by lower id. The most likely token
/// is always kept. Same logits, options and number of draws before: same token, on every
/// machine. Not thread-safe.
class Sampler {
public:
  struct Candidate {
    /// Probability relative to the most likely token's.
    double weight;
    int32_t id;
  };

  /// Errors: an option out of its range or not a number.
  static Result<Sampler> make(const SamplerOptions &options);

  /// The next token. Errors: logits that are empty, NaN or plus infinity, or minus infinity
  /// everywhere (a token with minus infinity is never taken).
  Result<int32_t> sample(std::span<const float> logits);

  /// The tokens that truncation keeps; valid until the next call. Temperature must not be
  /// 0. Draws nothing. Errors as of sample().
  Result<std::span<const Candidate>> candidates(std::span<const float> logits);

private:
  explicit Sampler(const SamplerOptions &options) : options(options), random(options.seed) {}
  void rankFirst(uint64_t count);
  uint64_t truncated();

  SamplerOptions options;
  Random random;
  std::vector<Candidate> pool;
  uint64_t ranked = 0; // pool[0 .. ranked) are the most likely, in order
};

/// The id of the largest logit, the lowest of equal ones. Errors as of Sampler::sample.
Result<int32_t> mostLikely(std::span<const float> logits);

} // namespace weft
