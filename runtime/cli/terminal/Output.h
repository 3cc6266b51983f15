// Standard output, standard error and Ctrl-C.
#pragma once

#include "runtime/base/Error.h"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>

namespace weft::cli {

/// Writes all of `text` to standard output, unbuffered. A closed pipe is not an error: see
/// outputClosed(). Errors: anything else, such as a full disk.
Result<void> writeOutput(std::string_view text);
/// Writes text from a model or a file to standard output: through visibleText() if that is a
/// terminal, so that it cannot send escape codes, else unchanged. Errors are those of
/// writeOutput().
Result<void> writeText(std::string_view text);
/// Says whether the reader of standard output has closed it; later output is discarded.
bool outputClosed();
/// Writes to standard error and ignores failures.
void writeError(std::string_view text);

/// While an object of this class exists, the first Ctrl-C (SIGINT) only sets a flag, which
/// requested() returns. At most one at a time.
class Interrupt {
public:
  /// What a second Ctrl-C does.
  enum class Again { EndsTheProcess, IsNoted };
  explicit Interrupt(Again again = Again::EndsTheProcess);
  ~Interrupt();
  Interrupt(const Interrupt &) = delete;
  Interrupt &operator=(const Interrupt &) = delete;
  static bool requested();

private:
  struct sigaction before;
};

/// A progress bar on standard error, drawn at most ten times a second, and only on a terminal.
/// Removed by the destructor.
class Progress {
public:
  Progress(std::string label, uint64_t total);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;
  /// Updates the bar; `note` is shown after it.
  void update(uint64_t done, std::string_view note);

private:
  using Clock = std::chrono::steady_clock;
  std::string label;
  uint64_t total;
  bool shown;
  Clock::time_point start, last;
};

} // namespace weft::cli
