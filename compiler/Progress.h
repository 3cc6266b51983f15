// What the compiler tells a person while it works.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace weft {

/// Names and times the steps of a run on standard error, with a bar where that is a
/// terminal. Silent unless told otherwise, but for remarks.
class ProgressReport {
public:
  explicit ProgressReport(bool verbose);
  ~ProgressReport();

  /// Ends the step before and begins one.
  void begin(std::string_view step);
  /// How much of the step is done, 0 to 1.
  void update(double share);
  /// A line about the step, where it is verbose.
  void note(std::string_view line);
  /// A line that a person should see in any case.
  void remark(std::string_view line);
  void end();

private:
  using Clock = std::chrono::steady_clock;
  void clearBar();

  const bool verbose, terminal;
  const Clock::time_point start;
  Clock::time_point stepStart, lastDrawn;
  std::string step;
};

} // namespace weft
