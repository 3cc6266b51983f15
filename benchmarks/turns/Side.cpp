#include "benchmarks/turns/Side.h"

#include "runtime/base/Quotes.h"
#include "runtime/base/SecondsSince.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace weft::turns {

constexpr int mostMilliseconds = 600'000;

Result<Side> Side::start(std::string name, const std::vector<std::string> &command) {
  std::array<int, 2> in{}, out{};
  if (::pipe2(in.data(), O_CLOEXEC) != 0)
    return fail(fmt::format("cannot make a pipe to {}: {}", name, std::strerror(errno)));
  if (::pipe2(out.data(), O_CLOEXEC) != 0) {
    const int error = errno;
    ::close(in[0]);
    ::close(in[1]);
    return fail(fmt::format("cannot make a pipe to {}: {}", name, std::strerror(error)));
  }
  std::vector<char *> arguments;
  for (const std::string &word : command)
    arguments.push_back(const_cast<char *>(word.c_str()));
  arguments.push_back(nullptr);
  Side side;
  side.name = std::move(name);
  side.process = ::fork();
  const int forked = errno;
  if (side.process == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    ::execvp(arguments[0], arguments.data());
    std::fprintf(stderr, "turns: cannot run %s: %s\n", arguments[0], std::strerror(errno));
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  side.input = in[1];
  side.output = out[0];
  if (side.process < 0)
    return fail(fmt::format("cannot start {}: {}", side.name, std::strerror(forked)));
  return side;
}

Side::Side(Side &&other) noexcept
    : name(std::move(other.name)), process(std::exchange(other.process, -1)),
      input(std::exchange(other.input, -1)), output(std::exchange(other.output, -1)),
      unread(std::move(other.unread)) {}

Side::~Side() {
  for (int file : {input, output})
    if (file >= 0)
      ::close(file);
  if (process <= 0)
    return;
  // Long enough to take down a large model.
  constexpr std::chrono::milliseconds patience(10'000), between(2);
  const auto start = std::chrono::steady_clock::now();
  while (::waitpid(process, nullptr, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() - start > patience)
      ::kill(process, SIGKILL);
    std::this_thread::sleep_for(between);
  }
}

Result<std::string> Side::readLine() {
  for (;;) {
    if (const size_t end = unread.find('\n'); end != std::string::npos) {
      std::string line = unread.substr(0, end);
      unread.erase(0, end + 1);
      return line;
    }
    struct pollfd ready{output, POLLIN, 0};
    const int polled = ::poll(&ready, 1, mostMilliseconds);
    if (polled == 0)
      return fail(fmt::format("{} has not answered for {} s", name, mostMilliseconds / 1000));
    std::array<char, 4096> buffer;
    const ssize_t count = polled < 0 ? -1 : ::read(output, buffer.data(), buffer.size());
    if (count == 0)
      return fail(
          fmt::format("expected a line from {} after each step, found that it ended", name));
    if (count > 0)
      unread.append(buffer.data(), size_t(count));
    else if (errno != EINTR)
      return fail(fmt::format("cannot read what {} answers: {}", name, std::strerror(errno)));
  }
}

static std::optional<double> numberIn(const std::string &line) {
  double number = 0;
  const char *end = line.data() + line.size();
  auto [parsed, error] = std::from_chars(line.data(), end, number);
  if (error != std::errc() || parsed != end)
    return std::nullopt;
  return number;
}

Result<double> Side::steps(uint64_t count) {
  std::string lines;
  for (uint64_t i = 0; i < count; ++i)
    lines += "step\n";
  const auto start = std::chrono::steady_clock::now();
  for (std::string_view rest = lines; !rest.empty();) {
    const ssize_t written = ::write(input, rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(size_t(written));
    else if (errno != EINTR)
      return fail(errno == EPIPE
                      ? fmt::format("expected {} to read lines, found that it ended", name)
                      : fmt::format("cannot write to {}: {}", name, std::strerror(errno)));
  }
  double told = 0;
  uint64_t numbers = 0;
  for (uint64_t i = 0; i < count; ++i) {
    auto line = readLine();
    if (!line)
      return failFrom(line);
    if (auto number = numberIn(*line)) {
      if (!std::isfinite(*number) || *number <= 0)
        return fail(
            fmt::format("expected seconds above 0 from {}, found {}", name, inQuotes(*line)));
      told += *number;
      ++numbers;
    }
  }
  return numbers == count ? told : secondsSince(start);
}

} // namespace weft::turns
