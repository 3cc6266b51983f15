// The choice of the next token from its logits.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/generate/sampling/CandidatePool.h"
#include "runtime/generate/sampling/Penalties.h"
#include "runtime/generate/sampling/Random.h"
#include "runtime/generate/sampling/SamplerOptions.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

/// Draws tokens. The order is:
///
///   1. logit bias
///   2. repetition, then presence and frequency penalties
///   3. the constraint's mask
///   4. temperature (0: the most likely token of what is left, and nothing more)
///   5. top-k, 6. typical-p, 7. top-p, 8. min-p, each of the probability that the ones
///      before left
///   9. one draw, as a race: a token's random number is its own, whatever other tokens there are
///      (Maddison et al., "A* sampling", 2014)
///
/// Tokens rank by logit, equal ones by lower id. At least one token is always kept. Same logits,
/// tokens accepted, options and number of draws before: same token, on every machine. Not
/// thread-safe.
class Sampler {
public:
  using Candidate = weft::Candidate;

  /// Errors: an option out of its range or not a number.
  static Result<Sampler> make(const SamplerOptions &options);

  /// Penalties count the tokens of `prompt` from now on, and nothing that was before.
  void begin(std::span<const int32_t> prompt) { penalties.begin(prompt); }
  /// `id` was taken: penalties count it from now on.
  void accept(int32_t id) { penalties.accept(id); }

  /// The next token of `logits` [vocabulary], allowed by `constraint` if that is not null; it is
  /// asked for its mask only. Errors: logits that are empty, NaN or plus infinity, or minus
  /// infinity everywhere (a token with minus infinity is never taken); a bias of a token outside
  /// the vocabulary; those of the constraint.
  Result<int32_t> sample(std::span<const float> logits, TokenConstraint *constraint = nullptr);

  /// The tokens that truncation keeps; valid until the next call. Temperature must not be
  /// 0. Draws nothing. Errors as of sample().
  Result<std::span<const Candidate>> candidates(std::span<const float> logits,
                                                TokenConstraint *constraint = nullptr);

  /// That of sample `number` of several that begin here: it has the seed options.seed + number,
  /// so number 0 is this one, and any other can be had alone.
  Sampler ofSample(uint64_t number) const;
  /// Draws and counts from now on as `other` would, one of the same options.
  void follow(const Sampler &other);

private:
  explicit Sampler(const SamplerOptions &options)
      : options(options), penalties(options), random(options.seed) {}

  /// After bias, penalties and mask. `logits` has the mask unless the temperature is 0, where
  /// `best` is all that matters; valid until the next call.
  struct Adjusted {
    std::span<const float> logits;
    int32_t best; // the most likely of the allowed ones
  };
  Result<Adjusted> adjust(std::span<const float> logits, TokenConstraint *constraint);

  SamplerOptions options;
  Penalties penalties;
  Random random;
  CandidatePool pool;
  std::vector<float> adjusted;
  std::vector<uint64_t> allowed;
};

/// The id of the largest logit, the lowest of equal ones. Errors as of Sampler::sample.
Result<int32_t> mostLikely(std::span<const float> logits);

} // namespace weft
