#include "runtime/generate/Generator.h"
#include "FakeDecoder.h"

#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

using namespace weft;

namespace {

constexpr uint32_t vocabulary = 100;
using Ids = std::vector<int32_t>;
using Sizes = std::vector<size_t>;

/// Counts up: after a text that ends in n comes n + 1.
FakeDecoder counter(uint64_t context) {
  return {vocabulary, context,
          [](std::span<const int32_t> text) { return only(text.back() + 1, vocabulary); }};
}

Ids upTo(int32_t count) {
  Ids ids(static_cast<size_t>(count));
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

struct Run {
  Result<Generation> result;
  Ids ids;
};

Run run(FakeDecoder &decoder, const Ids &prompt, const GenerateOptions &options,
        const KeepGoing &keepGoing = {}) {
  auto sampler = Sampler::make({0, 0, 1, 0, 1});
  Run run;
  run.result = generate(
      decoder, *sampler, prompt, options,
      [&](const NewToken &token) {
        run.ids.push_back(token.id);
        return true;
      },
      keepGoing);
  return run;
}

TEST(Generator, CutsThePromptAndAsksForOneRow) {
  FakeDecoder decoder = counter(64);
  auto [result, ids] = run(decoder, upTo(19), {3, {}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(ids, (Ids{19, 20, 21}));
  EXPECT_EQ(decoder.calls, (Sizes{8, 8, 3, 1, 1}));
  EXPECT_EQ(decoder.rowCounts, (Sizes{0, 0, 1, 1, 1}));
  EXPECT_EQ(result->stop(), Stop::Limit);
  EXPECT_EQ(result->promptTokens, 19u);
  EXPECT_EQ(result->newTokens, 3u);
  EXPECT_EQ(result->decodeSteps, 2u);
}

TEST(Generator, WhatIsHeldIsNotReadAgain) {
  auto rule = [](std::span<const int32_t> text) { return scrambled(text, vocabulary); };
  FakeDecoder once(vocabulary, 64, rule), twice(vocabulary, 64, rule);
  const Ids prompt = upTo(11);
  const Ids expected = run(once, prompt, {5, {}}).ids;
  run(twice, {0, 1, 2, 9, 9}, {2, {}});
  twice.calls.clear();
  auto [result, ids] = run(twice, prompt, {5, {}, 3});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(ids, expected);
  EXPECT_EQ(twice.calls, (Sizes{8, 1, 1, 1, 1}));
  EXPECT_EQ(result->promptTokens, 8u);
  EXPECT_FALSE(run(twice, prompt, {5, {}, 11}).result);
}

TEST(Generator, PiecesDoNotChangeTheText) {
  Ids first;
  for (uint64_t piece : {1, 3, 8, 64}) {
    FakeDecoder decoder(vocabulary, 64,
                        [](std::span<const int32_t> text) { return scrambled(text, vocabulary); });
    decoder.tokensLimit = piece;
    auto [result, ids] = run(decoder, upTo(17), {20, {}});
    ASSERT_TRUE(result);
    if (first.empty())
      first = ids;
    EXPECT_EQ(ids, first) << "pieces of " << piece;
  }
}

TEST(Generator, StopsAtAnyEndId) {
  FakeDecoder decoder = counter(64);
  const Ids ends = {50, 7};
  auto [result, ids] = run(decoder, {3}, {40, ends});
  ASSERT_TRUE(result);
  EXPECT_EQ(ids, (Ids{4, 5, 6}));
  EXPECT_EQ(result->stop(), Stop::End);
  EXPECT_EQ(result->newTokens, 3u);
}

TEST(Generator, StopsWhereTheContextIsFull) {
  FakeDecoder decoder = counter(6);
  auto [result, ids] = run(decoder, upTo(4), {40, {}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(ids, (Ids{4, 5, 6})); // the last one has no position of its own
  EXPECT_EQ(result->stop(), Stop::Context);
}

TEST(Generator, TakesAPromptAsLongAsTheContextButNoLonger) {
  FakeDecoder decoder = counter(6);
  auto [result, ids] = run(decoder, upTo(6), {40, {}});
  ASSERT_TRUE(result);
  EXPECT_EQ(ids, (Ids{6}));

  auto tooLong = run(decoder, upTo(7), {40, {}});
  ASSERT_FALSE(tooLong.result);
  EXPECT_NE(tooLong.result.error().message.find("7 tokens"), std::string::npos);
  EXPECT_NE(tooLong.result.error().message.find("6 positions"), std::string::npos);
  EXPECT_TRUE(tooLong.ids.empty());
  EXPECT_FALSE(run(decoder, {}, {40, {}}).result);
}

TEST(Generator, ReadsThePromptOnlyWhereNothingIsWanted) {
  FakeDecoder decoder = counter(64);
  auto [result, ids] = run(decoder, upTo(9), {0, {}});
  ASSERT_TRUE(result);
  EXPECT_TRUE(ids.empty());
  EXPECT_EQ(decoder.rowCounts, (Sizes{0, 0}));
}

TEST(Generator, CanBeInterruptedInThePromptAndAfter) {
  for (int calls : {1, 4}) {
    FakeDecoder decoder = counter(64);
    int left = calls;
    auto [result, ids] = run(decoder, upTo(19), {40, {}}, [&] { return left-- > 0; });
    ASSERT_TRUE(result);
    EXPECT_EQ(result->stop(), Stop::Interrupted);
    EXPECT_EQ(decoder.calls.size(), size_t(calls));
    EXPECT_EQ(result->promptTokens, calls == 1 ? 8u : 19u);
    EXPECT_EQ(ids.size(), calls == 1 ? 0u : 2u);
  }
}

TEST(Generator, HandsOnErrors) {
  FakeDecoder decoder(vocabulary, 64,
                      [](std::span<const int32_t>) { return std::vector<float>(vocabulary, NAN); });
  auto [result, ids] = run(decoder, upTo(3), {4, {}});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("NaN"), std::string::npos);

  FakeDecoder narrow(vocabulary, 64, [](std::span<const int32_t>) {
    return std::vector<float>(vocabulary - 1, 0);
  });
  EXPECT_FALSE(run(narrow, upTo(3), {4, {}}).result);
}

TEST(Feed, KeepsToTheLimitOfRows) {
  FakeDecoder decoder = counter(64);
  decoder.rowsLimit = 3;
  std::vector<uint64_t> seen;
  auto fed = feed(decoder, upTo(20), 0, 5, [&](uint64_t index, std::span<const float> logits) {
    seen.push_back(index);
    EXPECT_EQ(logits[index + 1], 50.0f);
    return Result<void>();
  });
  ASSERT_TRUE(fed);
  EXPECT_EQ(*fed, 20u);
  EXPECT_EQ(decoder.calls, (Sizes{8, 3, 3, 3, 3}));
  EXPECT_EQ(decoder.rowCounts, (Sizes{3, 3, 3, 3, 3}));
  ASSERT_EQ(seen.size(), 15u);
  EXPECT_EQ(seen.front(), 5u);
  EXPECT_EQ(seen.back(), 19u);
}

TEST(Feed, RefusesWhatDoesNotFit) {
  FakeDecoder decoder = counter(6);
  auto ignore = [](uint64_t, std::span<const float>) { return Result<void>(); };
  EXPECT_FALSE(feed(decoder, upTo(3), 4, 0, ignore));
  EXPECT_FALSE(feed(decoder, upTo(1), UINT64_MAX, 0, ignore));
  EXPECT_TRUE(decoder.calls.empty());
}

} // namespace
