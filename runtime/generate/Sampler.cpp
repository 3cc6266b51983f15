#include "runtime/generate/Sampler.h"

#include "runtime/generate/ApplyMask.h"
#include "runtime/generate/Logarithm.h"

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

/// The logits after bias, penalties and mask: `logits` itself where there are none.
Result<std::span<const float>> Sampler::adjust(std::span<const float> logits,
                                               TokenConstraint *constraint) {
  if (!constraint && !penalties.isActive())
    return logits;
  if (auto sound = mostLikely(logits); !sound) // it must not hide behind a mask
    return failFrom(sound);
  adjusted.assign(logits.begin(), logits.end());
  if (auto applied = penalties.apply(adjusted); !applied)
    return failFrom(applied);
  if (constraint) {
    allowed.resize((logits.size() + 63) / 64);
    if (auto masked = constraint->mask(allowed); !masked)
      return failFrom(masked);
    applyMask(adjusted, allowed);
  }
  if (highestOf(adjusted) == -infinity)
    return fail("constraint and logit bias leave no token that the model gives a logit above "
                "minus infinity");
  return std::span<const float>(adjusted);
}

Result<std::span<const Candidate>> Sampler::candidates(std::span<const float> given,
                                                       TokenConstraint *constraint) {
  auto logits = adjust(given, constraint);
  if (!logits)
    return failFrom(logits);
  auto best = mostLikely(*logits);
  if (!best)
    return failFrom(best);
  pool.fill(*logits, (*logits)[size_t(*best)], options.temperature);
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
    auto logits = adjust(given, constraint);
    if (!logits)
      return failFrom(logits);
    return mostLikely(*logits);
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
