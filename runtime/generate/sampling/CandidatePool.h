// The tokens that may be drawn, fewer and fewer of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

struct Candidate {
  /// Probability relative to that of the token with the largest logit.
  double weight;
  int32_t id;
};

/// Tokens with their weights; each truncation leaves some of those that the ones before it left,
/// and always the first of them. They are ranked by falling weight, equal ones by id, as far as a
/// truncation has to know. Not thread-safe.
class CandidatePool {
public:
  /// All tokens whose weight e^((logit - highest) / temperature) is not 0. `highest` is the
  /// largest logit, temperature above 0. The logits must live until the next fill().
  void fill(std::span<const float> logits, float highest, double temperature);

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
  std::vector<double> weights; // of all tokens
  std::vector<double> octaves; // kept for its memory
  std::vector<Candidate> pool;
  /// pool[0 .. count) are those left; what is behind them has no defined order, so nothing may
  /// depend on it.
  uint64_t count = 0;
  /// pool[0 .. ranked) are the most likely, in order.
  uint64_t ranked = 0;
};

} // namespace weft
