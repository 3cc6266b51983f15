// Guesses ahead: what they save, and that they change nothing.
#include "runtime/generate/speculate/Drafter.h"
#include "FakeDecoder.h"
#include "runtime/generate/Generator.h"

#include <gtest/gtest.h>

using namespace weft;

namespace {

constexpr uint32_t vocabulary = 30;
using Ids = std::vector<int32_t>;

/// Looks random, but repeats itself: only the last two tokens matter, roughly.
std::vector<float> forgetful(std::span<const int32_t> text) {
  const Ids last(text.end() - std::min<ptrdiff_t>(2, std::ssize(text)), text.end());
  std::vector<float> logits = scrambled(last, vocabulary);
  for (float &logit : logits)
    logit *= 1.5f;
  return logits;
}

/// Nearly that.
std::vector<float> nearly(std::span<const int32_t> text) {
  std::vector<float> logits = forgetful(text);
  const std::vector<float> noise = scrambled(text, vocabulary);
  for (size_t i = 0; i < logits.size(); ++i)
    logits[i] += 0.1f * noise[i];
  return logits;
}

FakeDecoder decoderOf(FakeDecoder::Rule rule, uint64_t context = 200) {
  FakeDecoder decoder(vocabulary, context, std::move(rule));
  decoder.tokensLimit = 16;
  decoder.rowsLimit = 9;
  return decoder;
}

/// No token twice in a row, and no 3.
class NoEcho final : public TokenConstraint {
public:
  Result<void> mask(std::span<uint64_t> bits) override {
    std::ranges::fill(bits, ~uint64_t(8));
    if (!taken.empty())
      bits[0] &= ~(uint64_t(1) << taken.back());
    return {};
  }
  Result<void> accept(int32_t token) override {
    if (token == 3 || (!taken.empty() && taken.back() == token))
      return fail("not allowed");
    taken.push_back(token);
    return {};
  }
  void rollback(uint64_t count) override { taken.resize(taken.size() - count); }
  std::unique_ptr<TokenConstraint> fork() const override { return std::make_unique<NoEcho>(*this); }

private:
  Ids taken;
};

struct Run {
  Generation generation;
  Ids ids;
};

Run run(FakeDecoder &decoder, const SamplerOptions &sampling, const Ids &prompt,
        const GenerateOptions &options, int32_t stopAt = -1) {
  auto sampler = Sampler::make(sampling);
  Run run;
  auto result = generate(decoder, *sampler, prompt, options, [&](const NewToken &token) {
    run.ids.push_back(token.id);
    return token.id != stopAt;
  });
  EXPECT_TRUE(result) << result.error().message;
  if (result)
    run.generation = *result;
  return run;
}

const Ids prompt = {1, 2, 3, 4, 5, 1, 2};

SamplerOptions hot(uint64_t seed) {
  return {.temperature = 1,
          .topK = 12,
          .topP = 0.95,
          .seed = seed,
          .repetitionPenalty = 1.1,
          .frequencyPenalty = 0.1,
          .penaltyWindow = 20};
}

void expectSameText(Drafter &drafter, const SamplerOptions &sampling, const GenerateOptions &given,
                    int32_t stopAt = -1) {
  FakeDecoder plain = decoderOf(forgetful), guessed = decoderOf(forgetful);
  GenerateOptions options = given;
  const auto expected = run(plain, sampling, prompt, options, stopAt);
  options.drafter = &drafter;
  const auto found = run(guessed, sampling, prompt, options, stopAt);
  EXPECT_EQ(found.ids, expected.ids);
  EXPECT_EQ(found.generation.stop(), expected.generation.stop());
  EXPECT_EQ(found.generation.newTokens, expected.generation.newTokens);
  EXPECT_EQ(found.generation.decodedTokens, expected.generation.decodedTokens);
  EXPECT_EQ(found.generation.held, expected.generation.held);
  EXPECT_LE(found.generation.decodeSteps, expected.generation.decodeSteps);
  EXPECT_EQ(found.generation.decodedTokens,
            found.generation.decodeSteps + found.generation.acceptedTokens);
  guessed.texts[0].resize(found.generation.held);
  EXPECT_EQ(guessed.texts[0], plain.texts[0]);
}

TEST(Drafter, ChangesNothing) {
  const NoEcho noEcho;
  const Ids ends = {17};
  for (uint64_t seed = 0; seed < 20; ++seed)
    for (double temperature : {0.0, 1.0}) {
      SCOPED_TRACE(seed);
      SamplerOptions sampling = hot(seed);
      sampling.temperature = temperature;
      PromptLookup lookup;
      FakeDecoder small = decoderOf(nearly);
      auto model = ModelDrafter::make(small, small);
      ASSERT_TRUE(model);
      for (Drafter *drafter : {(Drafter *)&lookup, (Drafter *)model->get()}) {
        expectSameText(*drafter, sampling, {.newTokens = 120});
        expectSameText(*drafter, sampling, {.newTokens = 120, .endIds = ends});
        expectSameText(*drafter, sampling,
                       {.newTokens = 120, .endIds = ends, .constraint = &noEcho});
        expectSameText(*drafter, sampling,
                       {.newTokens = 500, .constraint = &noEcho}); // the context ends
        expectSameText(*drafter, sampling, {.newTokens = 120}, 21);
      }
    }
}

TEST(Drafter, OfTheSameModelIsAlwaysRight) {
  FakeDecoder decoder = decoderOf(forgetful), same = decoderOf(forgetful);
  auto drafter = ModelDrafter::make(same, decoder);
  ASSERT_TRUE(drafter);
  const NoEcho noEcho;
  const auto found = run(decoder, hot(4), prompt,
                         {.newTokens = 100, .constraint = &noEcho, .drafter = drafter->get()});
  EXPECT_EQ(found.generation.acceptedTokens, found.generation.draftedTokens);
  EXPECT_LT(found.generation.decodeSteps, 15u); // 9 rows a call
  EXPECT_EQ(found.ids.size(), 100u);
}

TEST(Drafter, OfANearModelIsMostlyRight) {
  FakeDecoder decoder = decoderOf(forgetful), near = decoderOf(nearly);
  auto drafter = ModelDrafter::make(near, decoder);
  const auto found = run(decoder, hot(4), prompt, {.newTokens = 150, .drafter = drafter->get()});
  EXPECT_GT(double(found.generation.acceptedTokens), 0.6 * double(found.generation.draftedTokens));
}

TEST(Drafter, RefusesAnotherVocabulary) {
  FakeDecoder decoder = decoderOf(forgetful);
  FakeDecoder other(vocabulary + 1, 64, nearly);
  auto drafter = ModelDrafter::make(other, decoder);
  ASSERT_FALSE(drafter);
  EXPECT_NE(drafter.error().message.find("vocabulary of 30 tokens, found one of 31"),
            std::string::npos);
}

TEST(Drafter, WithAShorterContextFallsSilent) {
  FakeDecoder small = decoderOf(forgetful, 20);
  auto drafter = ModelDrafter::make(small, small);
  expectSameText(**drafter, hot(1), {.newTokens = 60});
}

TEST(Drafter, NeedsRoomAndOneSample) {
  auto sampler = Sampler::make({});
  PromptLookup lookup;
  auto errorOf = [&](FakeDecoder &decoder, uint64_t samples) {
    auto result = generate(decoder, *sampler, prompt, {.samples = samples, .drafter = &lookup},
                           [](const NewToken &) { return true; });
    return result ? std::string() : result.error().message;
  };
  FakeDecoder decoder = decoderOf(forgetful);
  decoder.texts.resize(2);
  EXPECT_NE(errorOf(decoder, 2).find("one sample"), std::string::npos);
  decoder.rowsLimit = 1;
  EXPECT_NE(errorOf(decoder, 1).find("room for two tokens and rows"), std::string::npos);
}

Ids lookedUp(const Ids &text, uint64_t most, uint64_t shortest = 2) {
  auto sampler = Sampler::make({});
  PromptLookup lookup(shortest, 4);
  auto guess = lookup.draft({.text = text, .most = most, .sampler = *sampler});
  EXPECT_TRUE(guess);
  return Ids(guess->begin(), guess->end());
}

TEST(PromptLookup, TakesWhatFollowedTheLastTime) {
  EXPECT_EQ(lookedUp({1, 2, 3, 4, 9, 1, 2}, 3), (Ids{3, 4, 9}));
  EXPECT_EQ(lookedUp({1, 2, 3, 1, 2, 4, 1, 2}, 1), (Ids{4})) << "the latest";
  EXPECT_EQ(lookedUp({7, 1, 2, 3, 8, 1, 2, 4, 7, 1, 2}, 1), (Ids{3})) << "the longest";
  EXPECT_EQ(lookedUp({1, 2, 3}, 4), (Ids{}));
  EXPECT_EQ(lookedUp({5, 2, 5}, 2), (Ids{})) << "one token is too little";
  EXPECT_EQ(lookedUp({5, 2, 5}, 2, 1), (Ids{2, 5}));
  EXPECT_EQ(lookedUp({1}, 4), (Ids{}));
}

TEST(PromptLookup, GoesOnWithAPeriod) {
  EXPECT_EQ(lookedUp({1, 2, 3, 1, 2, 3}, 8, 2), (Ids{1, 2, 3, 1, 2, 3, 1, 2}));
  EXPECT_EQ(lookedUp({4, 4, 4}, 5), (Ids{4, 4, 4, 4, 4}));
}

} // namespace
