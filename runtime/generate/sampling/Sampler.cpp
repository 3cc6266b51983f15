#include "runtime/generate/sampling/Sampler.h"

#include "runtime/generate/sampling/ApplyMask.h"
#include "runtime/generate/sampling/Logarithm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

// Contraction into FMA would make draws differ between machines.
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

namespace weft {

Result<Sampler> Sampler::make(const SamplerOptions &options) {
  if (auto checked = check(options); !checked)
    return failFrom(checked);
  return Sampler(options);
}

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// The largest of `logits`, or NaN where one is NaN or plus infinity. Without branches, so that
/// it vectorises.
float highestOf(std::span<const float> logits) {
  constexpr size_t lanes = 8;
  float most[lanes];
  uint32_t isBad[lanes] = {};
  std::fill_n(most, lanes, -infinity);
  auto see = [&](float logit, size_t lane) {
    isBad[lane] |= uint32_t(!(logit < infinity));
    most[lane] = logit > most[lane] ? logit : most[lane];
  };
  size_t i = 0;
  for (; i + lanes <= logits.size(); i += lanes)
    for (size_t lane = 0; lane < lanes; ++lane)
      see(logits[i + lane], lane);
  for (; i < logits.size(); ++i)
    see(logits[i], 0);
  if (std::ranges::any_of(isBad, [](uint32_t bad) { return bad != 0; }))
    return std::numeric_limits<float>::quiet_NaN();
  return *std::ranges::max_element(most);
}

} // namespace

Result<int32_t> mostLikely(std::span<const float> logits) {
  const float highest = highestOf(logits);
  if (std::isnan(highest)) {
    const auto bad = std::ranges::find_if_not(logits, [](float x) { return x < infinity; });
    return fail("the model gave " + std::string(std::isnan(*bad) ? "NaN" : "infinity") +
                " as the logit of token " + std::to_string(bad - logits.begin()) +
                "; its weights or its compiled code are broken");
  }
  if (highest == -infinity)
    return fail("the model gave no token a logit above minus infinity (of " +
                std::to_string(logits.size()) + " tokens)");
  return int32_t(std::ranges::find(logits, highest) - logits.begin());
}

/// Where none of the logits are changed, a copy of them is spared.
Result<Sampler::Adjusted> Sampler::adjust(std::span<const float> logits,
                                          TokenConstraint *constraint) {
  const bool areChanged = constraint || penalties.isActive();
  if (!areChanged || !(highestOf(logits) > -infinity)) { // what is broken must not hide
    auto best = mostLikely(logits);
    return best ? Result<Adjusted>({logits, *best}) : failFrom(best);
  }
  if (constraint) {
    allowed.resize((logits.size() + 63) / 64);
    if (auto masked = constraint->mask(allowed); !masked)
      return failFrom(masked);
  }
  int32_t best = -1;
  if (options.temperature == 0 && !penalties.isActive()) {
    best = mostLikelyOf(logits, allowed);
  } else {
    adjusted.assign(logits.begin(), logits.end());
    if (auto applied = penalties.apply(adjusted); !applied)
      return failFrom(applied);
    if (constraint)
      applyMask(adjusted, allowed);
    logits = adjusted;
    best = mostLikely(logits).value_or(-1);
  }
  if (best < 0)
    return fail("constraint and logit bias leave no token that the model gives a logit above "
                "minus infinity");
  return Adjusted{logits, best};
}

Result<std::span<const Candidate>> Sampler::candidates(std::span<const float> given,
                                                       TokenConstraint *constraint) {
  auto adjusted = adjust(given, constraint);
  if (!adjusted)
    return failFrom(adjusted);
  const auto [logits, best] = *adjusted;
  pool.fill(logits, logits[size_t(best)], options.temperature);
  if (options.topK > 0)
    pool.keepTop(options.topK);
  if (options.typicalP < 1)
    pool.keepTypical(options.typicalP);
  if (options.topP < 1)
    pool.keepTopP(options.topP);
  if (options.minP > 0)
    pool.keepMinP(options.minP);
  return pool.kept();
}

Result<int32_t> Sampler::sample(std::span<const float> given, TokenConstraint *constraint) {
  if (options.temperature == 0) {
    auto adjusted = adjust(given, constraint);
    return adjusted ? Result<int32_t>(adjusted->best) : failFrom(adjusted);
  }
  auto kept = candidates(given, constraint);
  if (!kept)
    return failFrom(kept);
  // A race: each token arrives after an exponentially distributed time whose rate is its weight,
  // and is the first with the probability that it should have. A token's number does not depend
  // on the other tokens, so chains that nearly agree mostly draw the same token. -ln u >= 1 - u
  // saves most logarithms.
  const Random::Each number = random.each();
  double first = std::numeric_limits<double>::infinity();
  int32_t winner = kept->front().id;
  for (const auto &[weight, id] : *kept) {
    const double u = number[uint64_t(id)];
    if (1 - u > first * weight)
      continue;
    const double time = -logarithm(u) / weight;
    if (time < first || (time == first && id < winner)) {
      first = time;
      winner = id;
    }
  }
  return winner;
}

Sampler Sampler::ofSample(uint64_t number) const {
  Sampler other(options);
  other.options.seed += number;
  other.penalties = penalties;
  other.random = Random(other.options.seed, random.draws());
  return other;
}

void Sampler::follow(const Sampler &other) {
  penalties = other.penalties;
  random = other.random;
}

} // namespace weft
