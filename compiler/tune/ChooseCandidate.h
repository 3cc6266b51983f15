// Chooses the fastest of several candidates by measuring them.
#pragma once

#include "runtime/base/Error.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace weft::tune {

struct ChoiceOptions {
  /// Seconds to measure. At least `fewestRounds` are measured, however long they take.
  double seconds = 1;
  int fewestRounds = 5, mostRounds = 25;
  /// The share by which another candidate must be faster than the first one.
  double leastGain = 0.02;
};

struct Choice {
  struct Times {
    /// Median seconds. `again` is that of the second series, 0 if the candidate had none.
    double first = 0, again = 0;
  };
  std::vector<Times> times; // of each candidate
  size_t chosen = 0;
};

/// Runs a candidate once and returns the seconds it took, more than 0.
using TimedRun = std::function<Result<double>(size_t candidate)>;

/// Runs `count` candidates (at least one) in turn, round after round, each round beginning with
/// another candidate, and compares medians. The fastest of many owes part of its lead to chance. So
/// it runs a second series against candidate 0 alone, and is chosen if it leads in both by
/// leastGain; otherwise candidate 0 is chosen. Nothing is measured if there is only one candidate.
/// Errors: those of a run.
Result<Choice> choose(size_t count, const TimedRun &run, const ChoiceOptions &options = {});

} // namespace weft::tune
