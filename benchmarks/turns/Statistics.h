// The median of ratios and its confidence interval.
#pragma once

#include <cstdint>
#include <span>

namespace weft::turns {

/// A median with its 95% bootstrap interval.
struct Estimate {
  double median = 0, low = 0, high = 0;
  double width() const { return high - low; }
};

/// Returns the median of `values` (at least one, in any order; the mean of the two in the middle if
/// their number is even) and its percentile bootstrap interval (Efron 1979): the 2.5% and 97.5%
/// quantiles of the medians of `resamples` draws with replacement of as many values. The same seed
/// gives the same interval.
Estimate estimateMedian(std::span<const double> values, unsigned resamples = 2000,
                        uint64_t seed = 1);

/// How far the outer end of the interval may lie beyond the bound that the median keeps.
inline constexpr double boundSlack = 0.01;

/// Returns whether "at least `bound`" holds: the median is at least `bound`, and the lower end of
/// the interval is at least `bound` - boundSlack.
bool holdsAtLeast(const Estimate &estimate, double bound);
/// Returns whether "at most `bound`" holds: the median is at most `bound`, and the upper end of the
/// interval is at most `bound` + boundSlack.
bool holdsAtMost(const Estimate &estimate, double bound);

} // namespace weft::turns
