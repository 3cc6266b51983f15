#include "runtime/generate/sampling/LogProbabilities.h"

#include "runtime/generate/sampling/Exponential.h"
#include "runtime/generate/sampling/Logarithm.h"

#include <algorithm>
#include <numeric>

namespace weft {

double logSumExp(std::span<const float> logits) {
  float highest = logits[0];
  for (float logit : logits)
    highest = logit > highest ? logit : highest;
  // Several sums, in a fixed order, so that the loop vectorises. A NaN anywhere reaches one.
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= logits.size(); i += 4)
    for (size_t lane = 0; lane < 4; ++lane)
      sums[lane] += exponential(double(logits[i + lane]) - double(highest));
  for (; i < logits.size(); ++i)
    sums[0] += exponential(double(logits[i]) - double(highest));
  const double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return sum > 0 ? logarithm(sum) + double(highest) : sum; // only NaN is not
}

std::vector<int32_t> mostLikelyIds(std::span<const float> logits, uint64_t count) {
  auto before = [&](int32_t a, int32_t b) {
    const float x = logits[size_t(a)], y = logits[size_t(b)];
    return x != y ? x > y : a < b;
  };
  std::vector<int32_t> ids(std::min<uint64_t>(count, logits.size()));
  if (ids.empty())
    return ids;
  // A heap with the least likely of the best on top: most tokens are no better than that.
  std::iota(ids.begin(), ids.end(), 0);
  std::ranges::make_heap(ids, before);
  for (auto other = int32_t(ids.size()); size_t(other) < logits.size(); ++other)
    if (logits[size_t(other)] > logits[size_t(ids.front())]) {
      std::ranges::pop_heap(ids, before);
      ids.back() = other;
      std::ranges::push_heap(ids, before);
    }
  std::ranges::sort_heap(ids, before);
  return ids;
}

LogProbabilities logProbabilities(std::span<const float> logits, int32_t id, uint64_t best) {
  LogProbabilities result;
  const double logSum = logSumExp(logits);
  result.taken = double(logits[size_t(id)]) - logSum;
  for (int32_t one : mostLikelyIds(logits, best))
    result.best.push_back({one, double(logits[size_t(one)]) - logSum});
  return result;
}

} // namespace weft
