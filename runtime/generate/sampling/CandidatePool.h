// The tokens that may be drawn, narrowed by truncations (top-k, typical-p, top-p, min-p).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

/// A token that may be drawn.
struct Candidate {
  /// Its probability divided by that of the token with the largest logit.
  double weight;
  int32_t id;
};

/// Candidates with their weights. Each truncation keeps some of the candidates that earlier ones
/// kept, and always the most likely. Candidates are sorted by falling weight, then by id, only as
/// far as a truncation needs. The truncations are defined in SamplerOptions. Not thread-safe.
class CandidatePool {
public:
  /// Starts with all tokens whose weight e^((logit - highest) / temperature) is not 0. `highest`
  /// must be the largest logit, and `temperature` above 0. The logits must stay valid until the
  /// next fill().
  void fill(std::span<const float> logits, float highest, double temperature);

  /// The truncations; each is defined at the option of its name in SamplerOptions.
  void keepTop(uint64_t k);
  void keepTypical(double p);
  void keepTopP(double p);
  void keepMinP(double p);

  std::span<const Candidate> kept() const { return {pool.data(), count}; }

private:
  void keepFrom(double least);
  template <typename Measure> void keepPowers(double enough, Measure measure);
  void rankFirst(uint64_t end);
  double mass() const;
  double exponentOf(size_t id) const { return (double(logits[id]) - most) / divisor; }

  std::span<const float> logits;
  double most = 0, divisor = 1;
  std::vector<double> weights; // indexed by token
  std::vector<double> octaves; // scratch space
  std::vector<Candidate> pool;
  /// pool[0 .. count) are the candidates left. The order of the others is undefined, so nothing may
  /// depend on it.
  uint64_t count = 0;
  /// pool[0 .. ranked) are sorted, most likely first.
  uint64_t ranked = 0;
};

} // namespace weft
