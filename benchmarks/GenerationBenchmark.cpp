// What choosing a token costs, and what guessing ahead saves:
//   generation_benchmark              steps of the sampling chain over 128,256 logits
//   generation_benchmark MODEL.weft   reading several tokens in one call, and prompt look-up
// What is compared runs in turn, in one process, so that both see the same machine.
#include "runtime/generate/Generator.h"
#include "runtime/generate/speculate/Drafter.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

using namespace weft;

namespace {

using Ids = std::vector<int32_t>;

[[noreturn]] void refuse(const std::string &why) {
  std::fprintf(stderr, "generation_benchmark: %s\n", why.c_str());
  std::exit(1);
}

template <typename T> T orRefuse(Result<T> result) {
  if (!result)
    refuse(result.error().message);
  return std::move(*result);
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
  return values[values.size() / 2];
}

double secondsOf(const std::function<void()> &work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void measureChain() {
  constexpr size_t vocabulary = 128256;
  Random random(1);
  std::vector<float> logits(vocabulary);
  for (float &logit : logits) { // roughly a bell of deviation 3, as models have it
    logit = -18;
    for (int i = 0; i < 12; ++i)
      logit += float(3 * random.uniform());
  }
  Ids text(4000);
  for (int32_t &id : text)
    id = int32_t(random.next() % vocabulary);
  SamplerOptions plain;
  plain.temperature = 1;
  plain.topP = 1;
  auto with = [&](auto change) {
    SamplerOptions options = plain;
    change(options);
    return options;
  };
  const std::pair<const char *, SamplerOptions> settings[] = {
      {"greedy", with([](auto &o) { o.temperature = 0; })},
      {"temperature", plain},
      {"top-k 40", with([](auto &o) { o.topK = 40; })},
      {"typical-p 0.9", with([](auto &o) { o.typicalP = 0.9; })},
      {"top-p 0.95", with([](auto &o) { o.topP = 0.95; })},
      {"min-p 0.05", with([](auto &o) { o.minP = 0.05; })},
      {"penalties over 64", with([](auto &o) { o.repetitionPenalty = 1.1; })},
      {"penalties over 4000", with([](auto &o) {
         o.repetitionPenalty = 1.1;
         o.penaltyWindow = 0;
       })}};
  for (const auto &[name, options] : settings) {
    Sampler sampler = orRefuse(Sampler::make(options));
    sampler.begin(text);
    std::vector<double> seconds;
    for (int i = 0; i < 101; ++i)
      seconds.push_back(secondsOf([&] { (void)sampler.sample(logits); }));
    std::printf("%-20s %7.0f us a token\n", name, 1e6 * median(seconds));
  }
}

/// Several tokens and their logits in one call, behind `held` others.
void measureCalls(Decoder &decoder, uint64_t held) {
  const std::vector<uint64_t> counts = {1, 2, 4, 8, 16};
  std::vector<std::vector<double>> seconds(counts.size());
  Ids tokens(held + counts.back(), 5);
  auto ignore = [](uint64_t, std::span<const float>) { return Result<void>(); };
  orRefuse(feed(decoder, std::span(tokens).first(held), 0, held, ignore));
  for (int round = 0; round < 60; ++round)
    for (size_t i = 0; i < counts.size(); ++i)
      seconds[i].push_back(secondsOf(
          [&] { orRefuse(feed(decoder, std::span(tokens).last(counts[i]), held, 0, ignore)); }));
  for (size_t i = 0; i < counts.size(); ++i)
    std::printf("%2llu tokens in a call: %7.2f ms, %.2f times one\n",
                static_cast<unsigned long long>(counts[i]), 1e3 * median(seconds[i]),
                median(seconds[i]) / median(seconds[0]));
}

/// Appends the most likely tokens to `text`, read from its beginning.
Generation append(Decoder &decoder, Ids &text, uint64_t newTokens, Drafter *drafter) {
  Sampler sampler = orRefuse(Sampler::make({.temperature = 0}));
  const Ids prompt = text;
  return orRefuse(generate(decoder, sampler, prompt, {.newTokens = newTokens, .drafter = drafter},
                           [&](const NewToken &token) {
                             text.push_back(token.id);
                             return true;
                           }));
}

/// Greedy decoding behind a text of the model's own that repeats itself, plain and with prompt
/// look-up.
void measureLookup(Decoder &decoder, uint64_t newTokens) {
  Ids paragraph = {1}, prompt;
  append(decoder, paragraph, 40, nullptr);
  for (int i = 0; i < 4; ++i)
    prompt.insert(prompt.end(), paragraph.begin(), paragraph.end());
  std::vector<double> ratios;
  Ids texts[2];
  Generation last;
  for (int round = 0; round < 5; ++round) {
    double seconds[2] = {};
    for (int isGuessed : {round % 2, 1 - round % 2}) {
      PromptLookup lookup;
      texts[isGuessed] = prompt;
      const Generation generation =
          append(decoder, texts[isGuessed], newTokens, isGuessed ? &lookup : nullptr);
      seconds[isGuessed] = generation.decodeSeconds / double(generation.decodedTokens);
      if (isGuessed)
        last = generation;
    }
    ratios.push_back(seconds[0] / seconds[1]);
  }
  if (texts[0] != texts[1])
    refuse("guesses changed the text");
  std::printf("prompt look-up: %.2f times as fast (median of %zu pairs), %.2f tokens a step, "
              "%llu of %llu guesses right\n",
              median(ratios), ratios.size(), double(last.decodedTokens) / double(last.decodeSteps),
              static_cast<unsigned long long>(last.acceptedTokens),
              static_cast<unsigned long long>(last.draftedTokens));
}

} // namespace

int main(int argc, char **argv) {
  if (argc > 2)
    refuse("expected: generation_benchmark [MODEL.weft]");
  if (argc == 1) {
    measureChain();
    return 0;
  }
  const Artifact artifact = orRefuse(Artifact::open(argv[1]));
  auto session = orRefuse(Session::open(artifact, {.context = 512, .rows = 17}));
  SessionDecoder decoder(*session);
  measureCalls(decoder, 100);
  measureLookup(decoder, 200);
}
