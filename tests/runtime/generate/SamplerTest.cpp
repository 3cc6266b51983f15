#include "runtime/generate/sampling/Sampler.h"
#include "runtime/generate/sampling/Exponential.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>

using namespace weft;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

/// Nothing truncated, temperature 1.
SamplerOptions plain(uint64_t seed = 1) { return {1.0, 0, 1.0, 0.0, seed}; }

std::vector<int32_t> keptIds(const SamplerOptions &options, const std::vector<float> &logits) {
  auto sampler = Sampler::make(options);
  EXPECT_TRUE(sampler);
  auto kept = sampler->candidates(logits);
  EXPECT_TRUE(kept);
  std::vector<int32_t> ids;
  for (const auto &candidate : *kept)
    ids.push_back(candidate.id);
  return ids;
}

using Ids = std::vector<int32_t>;

// Probabilities 0.4, 0.3, 0.2, 0.1 of ids 2, 0, 3, 1.
const std::vector<float> four = {std::log(0.3f), std::log(0.1f), std::log(0.4f), std::log(0.2f)};

TEST(Exponential, AgreesWithTheLibrary) {
  EXPECT_EQ(exponential(0), 1.0);
  EXPECT_EQ(exponential(-701), 0.0);
  EXPECT_EQ(exponential(-std::numeric_limits<double>::infinity()), 0.0);
  EXPECT_TRUE(std::isnan(exponential(NAN)));
  for (double x = 0; x > -690; x -= 0.0371) // two units in the last place
    EXPECT_NEAR(exponential(x) / std::exp(x), 1.0, 4.5e-16) << x;
}

TEST(Random, IsTheSameEverywhere) {
  // SplitMix64 of state 0 gives 0xe220a8397b1dcdaf, and of that state this number.
  Random random(0);
  EXPECT_EQ(random.next(), 0xa706dd2f4d197e6fu);
  Random later(0, 1);
  EXPECT_EQ(later.next(), random.next());
  EXPECT_NE(Random(1).next(), Random(2).next());
}

TEST(Sampler, GreedyTakesTheLowestOfEquals) {
  auto sampler = Sampler::make({0, 0, 0.95, 0, 1});
  ASSERT_TRUE(sampler);
  EXPECT_EQ(*sampler->sample(std::vector<float>{1, 3, -2, 3, 3}), 1);
  EXPECT_EQ(*sampler->sample(std::vector<float>{-infinity, -5}), 1);
  EXPECT_EQ(*sampler->sample(std::vector<float>{-7}), 0);
}

TEST(Sampler, TopKKeepsTheMostLikely) {
  SamplerOptions options = plain();
  options.topK = 2;
  EXPECT_EQ(keptIds(options, four), (Ids{2, 0}));
  options.topK = 1;
  EXPECT_EQ(keptIds(options, std::vector<float>{0, 2, 2, 1}), (Ids{1}));
  options.topK = 100;
  EXPECT_EQ(keptIds(options, four).size(), 4u);
}

TEST(Sampler, TopPKeepsTheFewestThatReachIt) {
  SamplerOptions options = plain();
  options.topP = 0.39;
  EXPECT_EQ(keptIds(options, four), (Ids{2}));
  options.topP = 0.41;
  EXPECT_EQ(keptIds(options, four), (Ids{2, 0}));
  options.topP = 0.89;
  EXPECT_EQ(keptIds(options, four), (Ids{2, 0, 3}));
  options.topP = 1e-300;
  EXPECT_EQ(keptIds(options, four), (Ids{2}));
}

TEST(Sampler, TopPIsOfWhatTopKLeft) {
  SamplerOptions options = plain();
  options.topK = 2; // 4/7 and 3/7
  options.topP = 0.55;
  EXPECT_EQ(keptIds(options, four), (Ids{2}));
}

TEST(Sampler, MinPIsRelativeToTheMostLikely) {
  SamplerOptions options = plain();
  options.minP = 0.6;
  EXPECT_EQ(keptIds(options, four), (Ids{0, 2}));
  options.minP = 1;
  EXPECT_EQ(keptIds(options, four), (Ids{2}));
}

TEST(Sampler, TemperatureComesFirst) {
  SamplerOptions options = plain();
  options.topP = 0.6;
  EXPECT_EQ(keptIds(options, four).size(), 2u);
  options.temperature = 0.1; // 0.4^10 against 0.3^10: 94.5% on the first
  EXPECT_EQ(keptIds(options, four).size(), 1u);
  options.temperature = 100;
  EXPECT_EQ(keptIds(options, four).size(), 3u);
  options.temperature = 1e-300;
  EXPECT_EQ(keptIds(options, four).size(), 1u);
}

TEST(Sampler, RanksLazilyButRight) {
  std::vector<float> logits(5003);
  Random random(7);
  for (float &logit : logits)
    logit = float(random.uniform());
  SamplerOptions options = plain();
  options.topP = 0.3;
  const Ids ids = keptIds(options, logits);
  EXPECT_GT(ids.size(), 1000u);
  Ids expected(logits.size());
  std::iota(expected.begin(), expected.end(), 0);
  std::ranges::sort(expected, [&](int32_t a, int32_t b) {
    return logits[size_t(a)] != logits[size_t(b)] ? logits[size_t(a)] > logits[size_t(b)] : a < b;
  });
  expected.resize(ids.size());
  EXPECT_EQ(ids, expected);
}

/// Draws and compares with the exact distribution of the kept tokens.
void expectDistribution(const SamplerOptions &options, const std::vector<double> &expected,
                        double critical) {
  auto sampler = Sampler::make(options);
  ASSERT_TRUE(sampler);
  constexpr int draws = 100000;
  std::vector<int> counts(expected.size());
  for (int i = 0; i < draws; ++i)
    ++counts[size_t(*sampler->sample(four))];
  double chiSquare = 0;
  for (size_t id = 0; id < expected.size(); ++id) {
    if (expected[id] == 0) {
      EXPECT_EQ(counts[id], 0);
      continue;
    }
    const double mean = expected[id] * draws;
    chiSquare += (counts[id] - mean) * (counts[id] - mean) / mean;
  }
  EXPECT_LT(chiSquare, critical) << "seed " << options.seed;
}

// Critical values of chi-square at one in a thousand; seeds are fixed, so a pass stays one.
TEST(Sampler, DrawsFromTheDistribution) {
  for (uint64_t seed : {1u, 2u, 3u})
    expectDistribution(plain(seed), {0.3, 0.1, 0.4, 0.2}, 16.27);
}

TEST(Sampler, DrawsFromTheTruncatedDistribution) {
  SamplerOptions options = plain(5);
  options.topP = 0.89;
  expectDistribution(options, {0.3 / 0.9, 0, 0.4 / 0.9, 0.2 / 0.9}, 13.82);
  options.topK = 2;
  expectDistribution(options, {3.0 / 7, 0, 4.0 / 7, 0}, 10.83);
}

TEST(Sampler, SameSeedSameTokens) {
  std::vector<float> logits(997);
  Random random(3);
  for (float &logit : logits)
    logit = float(4 * random.uniform());
  auto draw = [&](uint64_t seed) {
    auto sampler = Sampler::make({0.8, 50, 0.95, 0.01, seed});
    Ids ids;
    for (int i = 0; i < 50; ++i)
      ids.push_back(*sampler->sample(logits));
    return ids;
  };
  EXPECT_EQ(draw(42), draw(42));
  EXPECT_NE(draw(42), draw(43));
}

TEST(Sampler, NeverTakesMinusInfinity) {
  auto sampler = Sampler::make(plain());
  for (int i = 0; i < 1000; ++i)
    EXPECT_EQ(*sampler->sample(std::vector<float>{-infinity, 0, -infinity}), 1);
}

TEST(Sampler, RefusesLogitsThatAreNoNumbers) {
  for (double temperature : {0.0, 1.0}) {
    auto sampler = Sampler::make({temperature, 0, 1, 0, 1});
    for (const std::vector<float> &logits :
         {std::vector<float>{0, NAN, 1}, std::vector<float>{NAN}, std::vector<float>{0, infinity},
          std::vector<float>{-infinity, -infinity}, std::vector<float>{}})
      EXPECT_FALSE(sampler->sample(logits));
    EXPECT_NE(sampler->sample(std::vector<float>{0, NAN, 1}).error().message.find("token 1"),
              std::string::npos);
  }
}

TEST(Sampler, RefusesOptionsOutOfRange) {
  EXPECT_FALSE(Sampler::make({-0.1, 0, 1, 0, 1}));
  EXPECT_FALSE(Sampler::make({NAN, 0, 1, 0, 1}));
  EXPECT_FALSE(Sampler::make({INFINITY, 0, 1, 0, 1}));
  EXPECT_FALSE(Sampler::make({1, 0, 0, 0, 1}));
  EXPECT_FALSE(Sampler::make({1, 0, NAN, 0, 1}));
  EXPECT_FALSE(Sampler::make({1, 0, 1, 1.1, 1}));
  EXPECT_FALSE(Sampler::make({1, 0, 1, NAN, 1}));
}

} // namespace
