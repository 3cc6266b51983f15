// Logits changed by what was said before.
#pragma once

#include "runtime/generate/sampling/SamplerOptions.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace weft {

/// Logit bias and penalties of one sequence. Counts nothing where there are no penalties. Not
/// thread-safe.
class Penalties {
public:
  explicit Penalties(const SamplerOptions &options);

  void begin(std::span<const int32_t> prompt);
  void accept(int32_t id);

  /// Whether apply() would change anything.
  bool isActive() const { return !bias.empty() || !counts.empty(); }
  /// Errors: a bias of a token outside the vocabulary.
  Result<void> apply(std::span<float> logits) const;

private:
  double repetition, presence, frequency;
  uint64_t window;
  std::vector<LogitBias> bias;
  /// The last `window` tokens, as a ring whose oldest one is at `oldest`; empty where that is 0.
  std::vector<int32_t> recent;
  uint64_t oldest = 0;
  /// How often each token is there, at least once.
  std::unordered_map<int32_t, uint32_t> counts;
};

} // namespace weft
