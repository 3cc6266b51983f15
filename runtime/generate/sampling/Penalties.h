// Logit bias and repetition penalties.
#pragma once

#include "runtime/generate/sampling/SamplerOptions.h"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace weft {

/// Logit bias and penalties of one sequence. Without penalties it tracks no tokens. Not
/// thread-safe.
class Penalties {
public:
  explicit Penalties(const SamplerOptions &options);

  /// Forgets all tokens and starts counting with those of `prompt`.
  void begin(std::span<const int32_t> prompt);
  /// Counts a new token.
  void accept(int32_t id);

  /// Says whether apply() would change any logits.
  bool isActive() const { return !bias.empty() || !counts.empty(); }
  /// Changes `logits` [vocabulary] in place. Errors: a bias of a token outside the vocabulary.
  Result<void> apply(std::span<float> logits) const;

private:
  double repetition, presence, frequency;
  uint64_t window;
  std::vector<LogitBias> bias;
  /// The last `window` tokens as a ring, the oldest at index `oldest`; empty if `window` is 0.
  std::vector<int32_t> recent;
  uint64_t oldest = 0;
  /// The number of occurrences of each token that occurs.
  std::unordered_map<int32_t, uint32_t> counts;
};

} // namespace weft
