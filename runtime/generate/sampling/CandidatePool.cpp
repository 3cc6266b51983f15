#include "runtime/generate/sampling/CandidatePool.h"

#include "runtime/generate/sampling/Exponential.h"
#include "runtime/generate/sampling/Logarithm.h"

#include <algorithm>
#include <bit>
#include <cmath>

// Contraction into FMA would make weights differ between machines.
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

namespace weft {

/// Puts items[0 .. end) in order, of which items[0 .. ranked) already are; all others come after
/// them in no order.
template <typename Item, typename Before>
static void rank(std::span<Item> items, uint64_t &ranked, uint64_t end, Before before) {
  end = std::min<uint64_t>(end, items.size());
  if (end <= ranked)
    return;
  auto begin = items.begin() + std::ptrdiff_t(ranked), middle = items.begin() + std::ptrdiff_t(end);
  if (middle != items.end())
    std::nth_element(begin, middle, items.end(), before);
  std::sort(begin, middle, before);
  ranked = end;
}

/// How far to rank when the next one is needed: rarely much further than needed.
static uint64_t further(uint64_t ranked) { return std::max<uint64_t>(64, 4 * ranked); }

void CandidatePool::fill(std::span<const float> given, float highest, double temperature) {
  logits = given;
  most = highest;
  divisor = temperature;
  weights.resize(logits.size());
  // Of locals and by itself, so that it vectorises.
  double *weight = weights.data();
  for (size_t id = 0; id < given.size(); ++id)
    weight[id] = exponential((double(given[id]) - double(highest)) / temperature);
  pool.resize(logits.size());
  count = ranked = 0;
  for (size_t id = 0; id < logits.size(); ++id) {
    pool[count] = {weights[id], int32_t(id)};
    count += weights[id] > 0;
  }
}

void CandidatePool::rankFirst(uint64_t end) {
  rank(std::span(pool).first(count), ranked, end, [](const Candidate &a, const Candidate &b) {
    return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
  });
}

double CandidatePool::mass() const {
  double sum = 0;
  for (uint64_t i = 0; i < count; ++i)
    sum += pool[i].weight;
  return sum;
}

/// Leaves those of weight `least` or more, in the order that they have.
void CandidatePool::keepFrom(double least) {
  uint64_t left = 0;
  for (uint64_t i = 0; i < count; ++i) {
    pool[left] = pool[i];
    left += pool[i].weight >= least;
  }
  ranked = std::min(ranked, left);
  count = left;
}

/// Leaves few more than the most likely whose measures reach `enough`, so that there is less to
/// rank: all those of the powers of two that it takes.
template <typename Measure> void CandidatePool::keepPowers(double enough, Measure measure) {
  if (ranked == count)
    return;
  octaves.assign(1024, 0); // by exponent, biased; no weight is above 1
  for (uint64_t i = 0; i < count; ++i)
    octaves[std::bit_cast<uint64_t>(pool[i].weight) >> 52] += measure(pool[i]);
  uint64_t octave = octaves.size();
  for (double sum = 0; octave > 0 && sum < enough;)
    sum += octaves[--octave];
  keepFrom(std::bit_cast<double>(octave << 52));
}

void CandidatePool::keepTop(uint64_t k) {
  if (k >= count)
    return;
  keepPowers(double(k), [](const Candidate &) { return 1.0; });
  rankFirst(k);
  count = k;
}

void CandidatePool::keepTypical(double p) {
  const double all = mass(), logAll = logarithm(all);
  struct Typical {
    double distance;
    Candidate candidate;
  };
  // With q = w / all, the entropy is -sum q ln q = ln all - sum w ln w / all.
  std::vector<Typical> order(count);
  double sum = 0;
  for (uint64_t i = 0; i < count; ++i) {
    const double log = exponentOf(size_t(pool[i].id)); // ln of the weight
    sum += pool[i].weight * log;
    order[i] = {log, pool[i]};
  }
  const double entropy = logAll - sum / all;
  for (Typical &each : order)
    each.distance = std::abs(logAll - each.distance - entropy);
  uint64_t known = 0, kept = 0;
  double keptMass = 0;
  for (; kept < count && (kept == 0 || keptMass < p * all); ++kept) {
    if (kept == known)
      rank(std::span(order), known, further(known), [](const Typical &a, const Typical &b) {
        return a.distance != b.distance ? a.distance < b.distance : a.candidate.id < b.candidate.id;
      });
    keptMass += order[kept].candidate.weight;
    pool[kept] = order[kept].candidate;
  }
  count = kept;
  ranked = 0;
}

void CandidatePool::keepTopP(double p) {
  const double enough = p * mass();
  keepPowers(enough, [](const Candidate &candidate) { return candidate.weight; });
  double sum = 0;
  for (uint64_t i = 0; i < count; ++i) {
    if (i == ranked)
      rankFirst(further(ranked));
    if (i > 0 && sum >= enough) {
      count = i;
      return;
    }
    sum += pool[i].weight;
  }
}

void CandidatePool::keepMinP(double p) {
  double highest = 0;
  for (uint64_t i = 0; i < count; ++i)
    highest = std::max(highest, pool[i].weight);
  keepFrom(p * highest);
}

} // namespace weft
