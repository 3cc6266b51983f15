#include "benchmarks/turns/Statistics.h"

#include <algorithm>
#include <cassert>
#include <random>
#include <vector>

namespace weft::turns {

/// The median; reorders `values`.
static double medianOf(std::vector<double> &values) {
  const size_t middle = values.size() / 2;
  std::ranges::nth_element(values, values.begin() + ptrdiff_t(middle));
  if (values.size() % 2)
    return values[middle];
  return (values[middle] + *std::max_element(values.begin(), values.begin() + ptrdiff_t(middle))) /
         2;
}

Estimate estimateMedian(std::span<const double> values, unsigned resamples, uint64_t seed) {
  assert(!values.empty() && resamples > 0);
  std::vector<double> drawn(values.begin(), values.end());
  Estimate estimate;
  estimate.median = medianOf(drawn);
  std::mt19937_64 random(seed);
  std::vector<double> medians(resamples);
  for (double &median : medians) {
    for (double &value : drawn)
      value = values[random() % values.size()]; // The bias of % is below 1e-15 here.
    median = medianOf(drawn);
  }
  std::ranges::sort(medians);
  auto quantile = [&](double part) { return medians[size_t(part * double(resamples - 1) + 0.5)]; };
  estimate.low = quantile(0.025);
  estimate.high = quantile(0.975);
  return estimate;
}

bool holdsAtLeast(const Estimate &estimate, double bound) {
  return estimate.median >= bound && estimate.low >= bound - boundSlack;
}

bool holdsAtMost(const Estimate &estimate, double bound) {
  return estimate.median <= bound && estimate.high <= bound + boundSlack;
}

} // namespace weft::turns
