// The median of ratios, and how sure one can be of it.
#pragma once

#include <cstdint>
#include <span>

namespace weft::turns {

/// A median with its 95% bootstrap interval.
struct Estimate {
  double median = 0, low = 0, high = 0;
  double width() const { return high - low; }
};

/// The median of `values` (any order, at least one, of two in the middle their mean), and the
/// percentile bootstrap interval of it (Efron 1979): the 2.5% and 97.5% quantiles of the medians
/// of `resamples` draws with replacement of as many values. The same seed gives the same interval.
Estimate estimateMedian(std::span<const double> values, unsigned resamples = 2000,
                        uint64_t seed = 1);

/// By so much the far end of an interval may miss the bound that its median keeps.
inline constexpr double boundSlack = 0.01;

/// Whether "at least `bound`" holds: the median is at least `bound`, the lower end of the interval
/// at least `bound` - boundSlack.
bool holdsAtLeast(const Estimate &estimate, double bound);
/// The mirror image: the median is at most `bound`, the upper end at most `bound` + boundSlack.
bool holdsAtMost(const Estimate &estimate, double bound);

} // namespace weft::turns
