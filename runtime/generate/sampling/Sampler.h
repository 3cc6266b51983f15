// Sampling: the choice of the next token from its logits.
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
///   4. temperature (0: takes the most likely allowed token and skips the other steps)
///   5. top-k, 6. typical-p, 7. top-p, 8. min-p, each on the renormalized probabilities of
///      the tokens that earlier steps kept
///   9. one draw, as an exponential race (the Gumbel-max trick): the random number of a token
///      depends on its id, not on which other tokens are left (Maddison et al., "A* sampling",
///      2014)
///
/// Tokens rank by logit, then by lower id. At least one token is always kept. The result depends
/// only on the logits, the options, the accepted tokens and the number of earlier draws, and is the
/// same on every machine. Not thread-safe.
class Sampler {
public:
  using Candidate = weft::Candidate;

  /// Makes a sampler. Errors: an option is out of its range or NaN.
  static Result<Sampler> make(const SamplerOptions &options);

  /// Starts a new text: penalties forget all tokens and count those of `prompt`.
  void begin(std::span<const int32_t> prompt) { penalties.begin(prompt); }
  /// Tells the penalties that token `id` was taken.
  void accept(int32_t id) { penalties.accept(id); }

  /// Draws a token from `logits` [vocabulary]. If `constraint` is not null, only tokens of its
  /// mask() are allowed; its state does not change. A token whose logit is minus infinity is never
  /// taken. Errors: logits that are empty, NaN, plus infinity, or all minus infinity; a bias of a
  /// token outside the vocabulary; an error of the constraint.
  Result<int32_t> sample(std::span<const float> logits, TokenConstraint *constraint = nullptr);

  /// Returns the tokens that the truncations keep, valid until the next call. Draws nothing. The
  /// temperature must not be 0. Errors are those of sample().
  Result<std::span<const Candidate>> candidates(std::span<const float> logits,
                                                TokenConstraint *constraint = nullptr);

  /// Returns the sampler for sample `number` of several that start here. Its seed is options.seed +
  /// number, so sample 0 draws like this sampler, and each sample can be repeated alone.
  Sampler ofSample(uint64_t number) const;
  /// Copies the random state and the counted tokens of `other`, which must have the same options.
  void follow(const Sampler &other);

private:
  explicit Sampler(const SamplerOptions &options)
      : options(options), penalties(options), random(options.seed) {}

  /// Logits after bias, penalties and mask; valid until the next call. At temperature 0 the mask is
  /// not applied to `logits`, as only `best` is used.
  struct Adjusted {
    std::span<const float> logits;
    int32_t best; // the most likely allowed token
  };
  Result<Adjusted> adjust(std::span<const float> logits, TokenConstraint *constraint);

  SamplerOptions options;
  Penalties penalties;
  Random random;
  CandidatePool pool;
  std::vector<float> adjusted;
  std::vector<uint64_t> allowed;
};

/// Returns the id of the largest logit, the lowest id among equals. Errors are those of
/// Sampler::sample().
Result<int32_t> mostLikely(std::span<const float> logits);

} // namespace weft
