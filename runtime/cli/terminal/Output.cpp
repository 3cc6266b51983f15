#include "runtime/cli/terminal/Output.h"

#include "runtime/cli/terminal/VisibleText.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <unistd.h>

namespace weft::cli {

namespace {

bool closed = false;
volatile std::sig_atomic_t interrupted = 0;

void note(int) { interrupted = 1; }

/// 0 or the errno of the write that failed.
int writeAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count >= 0)
      text.remove_prefix(size_t(count));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

} // namespace

Result<void> writeOutput(std::string_view text) {
  const int error = writeAll(STDOUT_FILENO, text);
  closed = error == EPIPE;
  if (error == 0 || closed)
    return {};
  return fail(fmt::format("cannot write to standard output: {}", std::strerror(error)));
}

Result<void> writeText(std::string_view text) {
  return isatty(STDOUT_FILENO) != 0 ? writeOutput(visibleText(text)) : writeOutput(text);
}

bool outputClosed() { return closed; }

void writeError(std::string_view text) { writeAll(STDERR_FILENO, text); }

Interrupt::Interrupt(Again again) {
  interrupted = 0;
  struct sigaction action = {};
  action.sa_handler = note;
  action.sa_flags = again == Again::EndsTheProcess ? int(SA_RESETHAND) : 0;
  sigaction(SIGINT, &action, &before);
}
Interrupt::~Interrupt() { sigaction(SIGINT, &before, nullptr); }
bool Interrupt::requested() { return interrupted != 0; }

Progress::Progress(std::string label, uint64_t total)
    : label(std::move(label)), total(std::max<uint64_t>(total, 1)),
      shown(isatty(STDERR_FILENO) != 0), start(Clock::now()), last() {}

Progress::~Progress() {
  if (shown)
    writeError("\r\x1b[K");
}

void Progress::update(uint64_t done, std::string_view note) {
  const auto now = Clock::now();
  if (!shown || now - last < std::chrono::milliseconds(100))
    return;
  last = now;
  constexpr uint64_t width = 30;
  const double share = double(std::min(done, total)) / double(total);
  const auto filled = size_t(share * width);
  const double elapsed = std::chrono::duration<double>(now - start).count();
  const std::string left =
      share > 0 ? fmt::format(" {:.0f} s left", elapsed / share - elapsed) : "";
  writeError(fmt::format("\r\x1b[K{} [{}{}] {:3.0f}%{}  {}", label, std::string(filled, '#'),
                         std::string(width - filled, '.'), 100 * share, left, note));
}

} // namespace weft::cli
