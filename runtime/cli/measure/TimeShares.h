// Attributes the time of a call to its steps and threads.
#pragma once

#include "runtime/program/Session.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::cli {

/// Where the time of a call went. All `steps` and `idle` add up to the time from the first begin to
/// the last end.
struct TimeShares {
  /// Seconds of each step. While threads work on several steps at once, the time is divided by the
  /// number of threads on each; waiting threads do not count.
  std::vector<double> steps;
  /// Seconds that each thread worked.
  std::vector<double> threads;
  /// Seconds between the first begin and the last end in which no thread worked: barriers, waking.
  double idle = 0;
};

/// Computes the shares of one call from its `spans`. `steps` is the number of steps of the entry
/// point.
TimeShares shareTime(std::span<const StepSpan> spans, size_t steps);

} // namespace weft::cli
