// Reports the progress of a compilation.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace weft {

/// Prints the steps of a compilation and their times on standard error, with a progress bar if that
/// is a terminal. If not verbose, it prints only remarks.
class ProgressReport {
public:
  explicit ProgressReport(bool verbose);
  ~ProgressReport();

  /// Ends the current step and begins one.
  void begin(std::string_view step);
  /// Sets the finished share of the step, 0 to 1.
  void update(double share);
  /// Prints a line about the step if verbose.
  void note(std::string_view line);
  /// Prints a line in any case.
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
