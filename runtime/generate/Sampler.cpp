#include "runtime/generate/Sampler.h"

#include "runtime/generate/Exponential.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

// Contraction into FMA would make weights differ between machines.
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

namespace weft {

Result<Sampler> Sampler::make(const SamplerOptions &options) {
  // Written so that NaN fails each of them.
  if (!(options.temperature >= 0 && options.temperature < std::numeric_limits<double>::infinity()))
    return fail("expected a temperature of at least 0, found " +
                std::to_string(options.temperature));
  if (!(options.topP > 0 && options.topP <= 1))
    return fail("expected top-p above 0 and at most 1, found " + std::to_string(options.topP));
  if (!(options.minP >= 0 && options.minP <= 1))
    return fail("expected min-p between 0 and 1, found " + std::to_string(options.minP));
  return Sampler(options);
}

Result<int32_t> mostLikely(std::span<const float> logits) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  size_t best = 0;
  float highest = -infinity;
  for (size_t id = 0; id < logits.size(); ++id) {
    if (!(logits[id] < infinity))
      return fail("the model gave " + std::string(std::isnan(logits[id]) ? "NaN" : "infinity") +
                  " as the logit of token " + std::to_string(id) +
                  "; its weights or its compiled code are broken");
    if (logits[id] > highest) {
      highest = logits[id];
      best = id;
    }
  }
  if (highest == -infinity)
    return fail("the model gave no token a logit above minus infinity (of " +
                std::to_string(logits.size()) + " tokens)");
  return int32_t(best);
}

/// Makes pool[0 .. count) the most likely candidates in order. What is behind them has no
/// defined order, so nothing may depend on it.
void Sampler::rankFirst(uint64_t count) {
  count = std::min<uint64_t>(count, pool.size());
  if (count <= ranked)
    return;
  auto before = [](const Candidate &a, const Candidate &b) {
    return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
  };
  auto begin = pool.begin() + std::ptrdiff_t(ranked), middle = pool.begin() + std::ptrdiff_t(count);
  if (middle != pool.end())
    std::nth_element(begin, middle, pool.end(), before);
  std::sort(begin, middle, before);
  ranked = count;
}

/// How many of the pool's most likely are kept; all three truncations keep a prefix of the
/// ranking, which is only made as far as it is needed.
uint64_t Sampler::truncated() {
  uint64_t kept = pool.size();
  double mass = 0;
  if (options.topK > 0 && options.topK < kept) {
    kept = options.topK;
    rankFirst(kept);
  }
  for (uint64_t i = 0; i < kept; ++i)
    mass += pool[i].weight;
  if (options.topP == 1 && options.minP == 0)
    return kept;

  double sum = 0;
  for (uint64_t i = 0; i < kept; ++i) {
    if (i == ranked)
      rankFirst(std::max<uint64_t>(64, 4 * ranked));
    const bool enough = options.topP < 1 && sum >= options.topP * mass;
    if (i > 0 && (enough || pool[i].weight < options.minP))
      return i;
    sum += pool[i].weight;
  }
  return kept;
}

Result<std::span<const Sampler::Candidate>> Sampler::candidates(std::span<const float> logits) {
  auto best = mostLikely(logits);
  if (!best)
    return failFrom(best);
  const double highest = logits[size_t(*best)];
  pool.clear();
  ranked = 0;
  for (size_t id = 0; id < logits.size(); ++id) {
    const double weight = exponential((double(logits[id]) - highest) / options.temperature);
    if (weight > 0)
      pool.push_back({weight, int32_t(id)});
  }
  return std::span<const Candidate>(pool.data(), truncated());
}

Result<int32_t> Sampler::sample(std::span<const float> logits) {
  if (options.temperature == 0)
    return mostLikely(logits);
  auto kept = candidates(logits);
  if (!kept)
    return failFrom(kept);
  double mass = 0;
  for (const Candidate &candidate : *kept)
    mass += candidate.weight;
  double left = random.uniform() * mass;
  for (const Candidate &candidate : *kept) {
    left -= candidate.weight;
    if (left < 0)
      return candidate.id;
  }
  return kept->back().id; // only rounding leads here
}

} // namespace weft
