#include "runtime/generate/sampling/Penalties.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

// Contraction into FMA would make logits differ between machines.
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

namespace weft {

Penalties::Penalties(const SamplerOptions &options)
    : repetition(options.repetitionPenalty), presence(options.presencePenalty),
      frequency(options.frequencyPenalty), window(options.penaltyWindow), bias(options.logitBias) {}

void Penalties::begin(std::span<const int32_t> prompt) {
  recent.clear();
  oldest = 0;
  counts.clear();
  if (window != 0 && prompt.size() > window)
    prompt = prompt.last(window);
  for (int32_t id : prompt)
    accept(id);
}

void Penalties::accept(int32_t id) {
  if (repetition == 1 && presence == 0 && frequency == 0)
    return;
  ++counts[id];
  if (window == 0)
    return;
  if (recent.size() < window) {
    recent.push_back(id);
    return;
  }
  const auto gone = counts.find(recent[oldest]);
  if (--gone->second == 0)
    counts.erase(gone);
  recent[oldest] = id;
  oldest = (oldest + 1) % window;
}

/// A finite logit stays one, whatever is done to it.
static float toLogit(double x) {
  constexpr double most = std::numeric_limits<float>::max();
  return float(std::clamp(x, -most, most));
}

Result<void> Penalties::apply(std::span<float> logits) const {
  for (const auto &[id, bias] : bias) {
    if (size_t(id) >= logits.size())
      return fail("expected biases of tokens below " + std::to_string(logits.size()) +
                  " (the vocabulary), found one of " + std::to_string(id));
    float &logit = logits[size_t(id)];
    if (std::isinf(bias))
      logit = bias;
    else if (std::isfinite(logit))
      logit = toLogit(double(logit) + double(bias));
  }
  // Tokens do not depend on each other, so the order of the map does not matter.
  for (const auto &[id, count] : counts) {
    float &logit = logits[size_t(id)];
    if (!std::isfinite(logit))
      continue;
    const double repeated = logit > 0 ? logit / repetition : logit * repetition;
    logit = toLogit(repeated - presence - frequency * count);
  }
  return {};
}

} // namespace weft
