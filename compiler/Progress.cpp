#include "compiler/Progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace weft {

static double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

/// Standard error may be closed or full: no reason for a compilation to fail.
static void tell(const std::string &text) { std::fputs(text.c_str(), stderr); }

ProgressReport::ProgressReport(bool verbose)
    : verbose(verbose), terminal(isatty(STDERR_FILENO) != 0), start(Clock::now()) {}

ProgressReport::~ProgressReport() {
  clearBar();
  if (!verbose)
    return;
  end();
  tell(fmt::format("{:<12} {:8.3f} s\n", "total", seconds(Clock::now() - start)));
}

void ProgressReport::begin(std::string_view name) {
  end();
  step = name;
  stepStart = lastDrawn = Clock::now();
}

void ProgressReport::update(double share) {
  // A bar is worth its noise only for steps that take a while.
  Clock::time_point now = Clock::now();
  if (!terminal || now - lastDrawn < std::chrono::milliseconds(100))
    return;
  lastDrawn = now;
  constexpr int width = 40;
  int done = std::clamp(int(share * width), 0, width);
  tell(fmt::format("\r{:<12} [{:<{}}] {:3.0f}%", step, std::string(done, '='), width, share * 100));
  std::fflush(stderr);
}

void ProgressReport::note(std::string_view line) {
  clearBar();
  if (verbose)
    tell(fmt::format("  {}\n", line));
}

void ProgressReport::remark(std::string_view line) {
  clearBar();
  tell(fmt::format("weftc: {}\n", line));
}

void ProgressReport::end() {
  clearBar();
  if (verbose && !step.empty())
    tell(fmt::format("{:<12} {:8.3f} s\n", step, seconds(Clock::now() - stepStart)));
  step.clear();
}

void ProgressReport::clearBar() {
  if (terminal && !step.empty())
    tell("\r\x1b[K");
}

} // namespace weft
