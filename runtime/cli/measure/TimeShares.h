// Whose the time of a call was.
#pragma once

#include "runtime/program/Session.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::cli {

struct TimeShares {
  /// Seconds of each step: while threads are at work on several, each has its part of the
  /// time by threads; while a thread waits, the time is that of the others' steps.
  std::vector<double> steps;
  /// Seconds that each thread was at work.
  std::vector<double> threads;
  /// Seconds from the first begin to the last end in which no thread was: barriers, waking.
  double idle = 0;
};

/// `spans` of one call in an entry point of so many steps. Together, the steps and `idle` take
/// from the first begin to the last end.
TimeShares shareTime(std::span<const StepSpan> spans, size_t steps);

} // namespace weft::cli
