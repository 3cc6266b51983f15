#include "runtime/cli/commands/BenchSteps.h"

#include "runtime/base/SecondsSince.h"
#include "runtime/cli/terminal/Output.h"
#include "runtime/generate/sampling/Random.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace weft::cli {

namespace {

/// The steps, over ids that mean nothing: speed does not depend on them.
class Steps {
public:
  Steps(Decoder &decoder, uint64_t prompt, uint64_t newTokens)
      : decoder(decoder), prompt(prompt), newTokens(newTokens) {
    Random random(1);
    for (uint64_t i = 0; i < prompt + newTokens; ++i)
      ids.push_back(int32_t(random.next() % decoder.vocabulary()));
  }

  Result<void> readPrompt() { return read(0, prompt); }

  Result<double> next() {
    const auto start = std::chrono::steady_clock::now();
    auto done = newTokens == 0 ? readPrompt() : read(prompt + count++ % newTokens, 1);
    if (!done)
      return failFrom(done);
    return secondsSince(start);
  }

private:
  /// Ends with the logits of the last token.
  Result<void> read(uint64_t first, uint64_t tokens) {
    if (tokens == 0)
      return {};
    auto fed = feed(decoder, std::span(ids).subspan(first, tokens), first, tokens - 1,
                    [](uint64_t, std::span<const float>) -> Result<void> { return {}; });
    if (!fed)
      return failFrom(fed);
    return {};
  }

  Decoder &decoder;
  const uint64_t prompt, newTokens;
  uint64_t count = 0;
  std::vector<int32_t> ids;
};

} // namespace

Result<void> stepByLine(Decoder &decoder, uint64_t prompt, uint64_t newTokens) {
  Steps steps(decoder, prompt, newTokens);
  if (newTokens > 0)
    if (auto read = steps.readPrompt(); !read)
      return read;
  std::array<char, 4096> lines;
  std::string answers;
  for (;;) {
    const ssize_t count = ::read(STDIN_FILENO, lines.data(), lines.size());
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return fail(fmt::format("cannot read standard input: {}", std::strerror(errno)));
    if (count == 0)
      return {};
    answers.clear();
    for (auto asked = std::count(lines.data(), lines.data() + count, '\n'); asked > 0; --asked) {
      auto seconds = steps.next();
      if (!seconds)
        return failFrom(seconds);
      answers += fmt::format("{:.9f}\n", *seconds);
    }
    if (auto written = writeOutput(answers); !written)
      return written;
    if (outputClosed())
      return {};
  }
}

} // namespace weft::cli
