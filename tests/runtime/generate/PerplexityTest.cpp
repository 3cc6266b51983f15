#include "runtime/generate/Perplexity.h"
#include "FakeDecoder.h"
#include "runtime/generate/sampling/Random.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace weft;

namespace {

using Ids = std::vector<int32_t>;
constexpr uint32_t vocabulary = 11;

Ids someText(size_t count) {
  Random random(17);
  Ids ids(count);
  for (int32_t &id : ids)
    id = int32_t(random.next() % vocabulary);
  return ids;
}

FakeDecoder scrambler(uint64_t context) {
  FakeDecoder decoder(vocabulary, context,
                      [](std::span<const int32_t> text) { return scrambled(text, vocabulary); });
  decoder.rowsLimit = 3;
  return decoder;
}

/// -ln p(id | before), with the C library.
double loss(std::span<const int32_t> before, int32_t id) {
  const std::vector<float> logits = scrambled(before, vocabulary);
  double sum = 0;
  for (float logit : logits)
    sum += std::exp(double(logit));
  return std::log(sum) - double(logits[size_t(id)]);
}

TEST(Perplexity, OfAUniformModelIsTheVocabulary) {
  FakeDecoder decoder(vocabulary, 16, [](std::span<const int32_t>) {
    return std::vector<float>(vocabulary, 3.5f);
  });
  auto result = perplexity(decoder, someText(100), {});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_NEAR(result->value(), vocabulary, 1e-12);
  EXPECT_EQ(result->tokens, 99u);
  EXPECT_EQ(result->window, 16u);
  EXPECT_EQ(result->stride, 8u);
}

TEST(Perplexity, OfAKnownModelIsItsProbability) {
  // Gives the right next token 1/2, and the other ten share the rest.
  FakeDecoder decoder(vocabulary, 16, [](std::span<const int32_t> text) {
    std::vector<float> logits(vocabulary, 0.0f);
    logits[size_t(text.back() + 1) % vocabulary] = std::log(10.0f);
    return logits;
  });
  Ids counting(40);
  for (size_t i = 0; i < counting.size(); ++i)
    counting[i] = int32_t(i % vocabulary);
  auto result = perplexity(decoder, counting, {});
  ASSERT_TRUE(result);
  EXPECT_NEAR(result->value(), 2.0, 1e-6); // the logit is an f32
}

TEST(Perplexity, OfOneWindowIsTheChainRule) {
  FakeDecoder decoder = scrambler(64);
  const Ids text = someText(30);
  auto result = perplexity(decoder, text, {});
  ASSERT_TRUE(result);
  double expected = 0;
  for (size_t i = 1; i < text.size(); ++i)
    expected += loss(std::span(text).first(i), text[i]);
  EXPECT_NEAR(result->negativeLogLikelihood, expected, 1e-9);
  EXPECT_EQ(result->tokens, 29u);
  EXPECT_EQ(result->windows, 1u);
}

TEST(Perplexity, ScoresEveryTokenOnceInItsWindow) {
  const Ids prefix = {4, 9};
  for (uint64_t window : {4, 7, 10})
    for (uint64_t stride = 1; stride <= window - 2; ++stride)
      for (size_t count : {1, 5, 8, 23}) {
        FakeDecoder decoder = scrambler(10);
        const Ids text = someText(count);
        auto result = perplexity(decoder, text, {window, stride, prefix});
        ASSERT_TRUE(result) << result.error().message;
        EXPECT_EQ(result->tokens, count);
        // The window that a token is first in ends at room + k * stride or with the text.
        double expected = 0;
        const uint64_t room = window - prefix.size();
        for (size_t i = 0; i < count; ++i) {
          uint64_t end = room;
          while (end <= i)
            end += stride;
          end = std::min<uint64_t>(end, count);
          Ids before = prefix;
          for (uint64_t j = end - std::min(end, room); j < i; ++j)
            before.push_back(text[j]);
          expected += loss(before, text[i]);
        }
        EXPECT_NEAR(result->negativeLogLikelihood, expected, 1e-9)
            << "window " << window << ", stride " << stride << ", text " << count;
      }
}

TEST(Perplexity, WithoutPrefixAlwaysHasATokenBefore) {
  FakeDecoder decoder = scrambler(6);
  auto result = perplexity(decoder, someText(31), {6, 5, {}});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->tokens, 30u);
  EXPECT_EQ(result->windows, 6u);
}

TEST(Perplexity, RefusesWhatCannotBeScored) {
  FakeDecoder decoder = scrambler(10);
  const Ids prefix = {1};
  EXPECT_FALSE(perplexity(decoder, Ids{}, {}));
  EXPECT_FALSE(perplexity(decoder, Ids{}, {0, 0, prefix}));
  EXPECT_FALSE(perplexity(decoder, Ids{3}, {}));
  EXPECT_TRUE(perplexity(decoder, Ids{3}, {0, 0, prefix}));
  EXPECT_FALSE(perplexity(decoder, someText(9), {11, 0, {}}));
  EXPECT_FALSE(perplexity(decoder, someText(9), {1, 0, {}}));
  EXPECT_FALSE(perplexity(decoder, someText(9), {10, 10, {}}));
  EXPECT_TRUE(perplexity(decoder, someText(9), {10, 9, {}}));
  EXPECT_FALSE(perplexity(decoder, Ids{3, 11}, {}));
  EXPECT_FALSE(perplexity(decoder, Ids{3, -1}, {}));
}

TEST(Perplexity, RefusesLogitsThatAreNoNumbers) {
  FakeDecoder decoder(vocabulary, 16, [](std::span<const int32_t> text) {
    std::vector<float> logits(vocabulary, 0.0f);
    if (text.size() == 5)
      logits[3] = NAN;
    return logits;
  });
  auto result = perplexity(decoder, someText(10), {});
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("token 5"), std::string::npos);
}

TEST(Perplexity, ReportsAndStops) {
  FakeDecoder decoder = scrambler(8);
  uint64_t reports = 0, asked = 0;
  auto result = perplexity(
      decoder, someText(100), {}, [&](const Perplexity &) { ++reports; },
      [&] { return ++asked < 10; });
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->interrupted);
  EXPECT_EQ(reports, result->windows);
  EXPECT_LT(result->tokens, 99u);
  EXPECT_GT(result->tokens, 0u);
}

} // namespace
