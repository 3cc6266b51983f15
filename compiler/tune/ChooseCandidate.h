// Which of several candidates is fastest, as far as a clock can tell.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace weft::tune {

struct ChoiceOptions {
  /// Seconds to measure for; the first rounds are measured whatever they take.
  double seconds = 1;
  int fewestRounds = 5, mostRounds = 25;
  /// By which share another candidate must be faster than the first one.
  double leastGain = 0.02;
};

struct Choice {
  struct Times {
    /// Medians, in seconds; `again` of the second series, 0 where it took no part.
    double first = 0, again = 0;
  };
  std::vector<Times> times; // of each candidate
  size_t chosen = 0;
};

/// One run of a candidate: the seconds it took, more than 0.
using TimedRun = std::function<Result<double>(size_t candidate)>;

/// Runs `count` candidates (at least one) in turn, round after round, each round beginning
/// with another, and compares medians. The fastest of many owes part of its lead to luck, so
/// it runs once more against candidate 0 alone, and is chosen where it leads both times by
/// leastGain; else 0 is. Nothing is measured where there is one candidate. Errors: those of a
/// run.
Result<Choice> choose(size_t count, const TimedRun &run, const ChoiceOptions &options = {});

} // namespace weft::tune
