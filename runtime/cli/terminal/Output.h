// Standard output and standard error, and Ctrl-C.
#pragma once

#include "runtime/base/Error.h"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::cli {

/// Writes all of `text` to standard output, unbuffered. A reader that has gone is no error:
/// see outputClosed(). Errors: anything else, such as a full disk.
Result<void> writeOutput(std::string_view text);
/// Writes text that a model or a file gave: where standard output is a terminal, as visibleText()
/// has it, so that it cannot steer the terminal; to pipes and files byte by byte. Errors as of
/// writeOutput().
Result<void> writeText(std::string_view text);
/// Whether the reader of standard output has gone; nobody reads what is still written.
bool outputClosed();
/// Writes to standard error, as well as it can.
void writeError(std::string_view text);

/// While one lives, the first Ctrl-C (SIGINT) is only noted. At most one at a time.
class Interrupt {
public:
  /// What another Ctrl-C does.
  enum class Again { EndsTheProcess, IsNoted };
  explicit Interrupt(Again again = Again::EndsTheProcess);
  ~Interrupt();
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;
  static bool requested();

private:
  struct sigaction before;
};

/// A bar on standard error, drawn at most ten times a second; silent where that is no
/// terminal. Removed when destroyed.
class Progress {
public:
  Progress(std::string label, uint64_t total);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;
  /// `note` stands behind the bar.
  void update(uint64_t done, std::string_view note);

private:
  using Clock = std::chrono::steady_clock;
  std::string label;
  uint64_t total;
  bool shown;
  Clock::time_point start, last;
};

} // namespace weft::cli
