#include "runtime/generate/Generator.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace weft {

const char *nameOf(Stop stop) {
  switch (stop) {
  case Stop::End:
    return "end";
  case Stop::Limit:
    return "limit";
  case Stop::Context:
    return "context";
  case Stop::Interrupted:
    return "interrupted";
  }
  return "";
}

Result<void> checkPrompt(const Decoder &decoder, uint64_t promptTokens) {
  if (promptTokens == 0)
    return fail("expected a prompt of at least one token, found an empty one");
  if (promptTokens > decoder.context())
    return fail("the prompt has " + std::to_string(promptTokens) +
                " tokens and the context only " + std::to_string(decoder.context()) +
                " positions; shorten it or ask for a longer context");
  return {};
}

namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

Result<Generation> generate(Decoder &decoder, Sampler &sampler, std::span<const int32_t> prompt,
                            const GenerateOptions &options,
                            const std::function<void(int32_t)> &onToken,
                            const KeepGoing &keepGoing) {
  if (auto fits = checkPrompt(decoder, prompt.size()); !fits)
    return failFrom(fits);
  if (options.held >= prompt.size())
    return fail("expected fewer tokens held than the " + std::to_string(prompt.size()) +
                " of the prompt, found " + std::to_string(options.held));
  const std::span<const int32_t> unread = prompt.subspan(options.held);
  Generation result;
  int32_t next = -1;
  auto draw = [&](uint64_t, std::span<const float> logits) -> Result<void> {
    auto id = sampler.sample(logits);
    if (!id)
      return failFrom(id);
    next = *id;
    return {};
  };

  auto start = std::chrono::steady_clock::now();
  const uint64_t wantFrom = options.newTokens == 0 ? unread.size() : unread.size() - 1;
  auto fed = feed(decoder, unread, options.held, wantFrom, draw, keepGoing);
  if (!fed)
    return failFrom(fed);
  result.promptTokens = *fed;
  result.promptSeconds = secondsSince(start);

  start = std::chrono::steady_clock::now();
  auto finish = [&](Stop stop) {
    result.stop = stop;
    result.decodeSeconds = secondsSince(start);
    return result;
  };
  if (*fed < unread.size())
    return finish(Stop::Interrupted);
  if (options.newTokens == 0)
    return finish(Stop::Limit);
  for (uint64_t position = prompt.size();; ++position) {
    if (std::ranges::find(options.endIds, next) != options.endIds.end())
      return finish(Stop::End);
    onToken(next);
    if (++result.newTokens == options.newTokens)
      return finish(Stop::Limit);
    if (position == decoder.context())
      return finish(Stop::Context);
    const int32_t current = next;
    auto step = feed(decoder, {&current, 1}, position, 0, draw, keepGoing);
    if (!step)
      return failFrom(step);
    if (*step == 0)
      return finish(Stop::Interrupted);
    ++result.decodeSteps;
  }
}

} // namespace weft
