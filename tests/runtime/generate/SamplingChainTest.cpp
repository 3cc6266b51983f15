// Each truncation, and all together, against the exact distribution.
#include "runtime/generate/sampling/Sampler.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>

using namespace weft;

namespace {

constexpr size_t vocabulary = 40;
constexpr float infinity = std::numeric_limits<float>::infinity();
using Distribution = std::vector<double>;

/// Uneven, in no order.
std::vector<float> someLogits() {
  Random random(21);
  std::vector<float> logits(vocabulary);
  for (float &logit : logits)
    logit = float(6 * random.uniform() - 3);
  return logits;
}

class EveryThird final : public TokenConstraint {
public:
  Result<void> mask(std::span<uint64_t> bits) override {
    std::ranges::fill(bits, 0);
    for (size_t id = 0; id < vocabulary; id += 3)
      bits[id / 64] |= uint64_t(1) << (id % 64);
    return {};
  }
  Result<void> accept(int32_t) override { return {}; }
  void rollback(uint64_t) override {}
  std::unique_ptr<TokenConstraint> fork() const override { return nullptr; }
};

void normalise(Distribution &p) {
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double &one : p)
    one /= sum;
}

/// Keeps, in `order`, the fewest whose sum reaches `enough`.
void keepFewest(Distribution &p, const std::vector<size_t> &order, double enough) {
  double sum = 0;
  for (size_t id : order) {
    if (sum >= enough)
      p[id] = 0;
    else
      sum += p[id];
  }
  normalise(p);
}

/// The definition of the chain, in plain words and with the C library.
Distribution expectedOf(const SamplerOptions &options, std::vector<float> logits,
                        const std::vector<int32_t> &text, bool isMasked) {
  for (auto [id, bias] : options.logitBias)
    logits[size_t(id)] += bias;
  for (size_t id = 0; id < vocabulary; ++id) {
    const auto count = std::ranges::count(text, int32_t(id));
    if (count == 0)
      continue;
    const double repeated = logits[id] > 0 ? logits[id] / options.repetitionPenalty
                                           : logits[id] * options.repetitionPenalty;
    logits[id] =
        float(repeated - options.presencePenalty - options.frequencyPenalty * double(count));
  }
  Distribution p(vocabulary);
  for (size_t id = 0; id < vocabulary; ++id)
    p[id] = isMasked && id % 3 != 0 ? 0 : std::exp(logits[id] / options.temperature);
  normalise(p);
  std::vector<size_t> order(vocabulary);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](size_t id) { return std::pair(-p[id], id); });
  if (options.topK > 0)
    for (size_t i = options.topK; i < vocabulary; ++i)
      p[order[i]] = 0;
  normalise(p);
  double entropy = 0;
  for (double one : p)
    entropy -= one > 0 ? one * std::log(one) : 0;
  std::vector<size_t> typical = order;
  std::ranges::sort(typical, {}, [&](size_t id) {
    return std::pair(p[id] > 0 ? std::abs(-std::log(p[id]) - entropy) : INFINITY, id);
  });
  if (options.typicalP < 1)
    keepFewest(p, typical, options.typicalP);
  if (options.topP < 1)
    keepFewest(p, order, options.topP);
  const double least = options.minP * *std::ranges::max_element(p);
  for (double &one : p)
    one = one < least ? 0 : one;
  normalise(p);
  return p;
}

/// Upper point of chi-square at one in a thousand, by Wilson and Hilferty's approximation.
double critical(double freedom) {
  const double part = 2 / (9 * freedom);
  return freedom * std::pow(1 - part + 3.09 * std::sqrt(part), 3);
}

void expectChain(const char *name, SamplerOptions options, const std::vector<int32_t> &text = {},
                 bool isMasked = false) {
  SCOPED_TRACE(name);
  const std::vector<float> logits = someLogits();
  const Distribution expected = expectedOf(options, logits, text, isMasked);
  auto sampler = Sampler::make(options);
  ASSERT_TRUE(sampler) << sampler.error().message;
  sampler->begin(text);
  EveryThird third;
  constexpr int draws = 100000;
  std::vector<int> counts(vocabulary);
  for (int i = 0; i < draws; ++i) {
    auto id = sampler->sample(logits, isMasked ? &third : nullptr);
    ASSERT_TRUE(id) << id.error().message;
    ++counts[size_t(*id)];
  }
  double chiSquare = 0, kept = 0;
  for (size_t id = 0; id < vocabulary; ++id) {
    if (expected[id] == 0) {
      EXPECT_EQ(counts[id], 0) << id;
      continue;
    }
    ++kept;
    const double mean = expected[id] * draws;
    chiSquare += (counts[id] - mean) * (counts[id] - mean) / mean;
  }
  if (kept > 1)
    EXPECT_LT(chiSquare, critical(kept - 1)) << kept << " kept, seed " << options.seed;
}

SamplerOptions untruncated(uint64_t seed) {
  SamplerOptions options;
  options.temperature = 1;
  options.topP = 1;
  options.seed = seed;
  return options;
}

template <typename Change> SamplerOptions with(Change change, uint64_t seed = 1) {
  SamplerOptions options = untruncated(seed);
  change(options);
  return options;
}

TEST(SamplingChain, EachStepIsItsDefinition) {
  expectChain("nothing", untruncated(2));
  expectChain("temperature", with([](auto &o) { o.temperature = 0.6; }));
  expectChain("top-k", with([](auto &o) { o.topK = 7; }));
  for (double p : {0.1, 0.5, 0.9, 0.99})
    expectChain("typical", with([&](auto &o) { o.typicalP = p; }));
  for (double p : {0.1, 0.5, 0.9, 0.99})
    expectChain("top-p", with([&](auto &o) { o.topP = p; }));
  expectChain("min-p", with([](auto &o) { o.minP = 0.1; }));
  expectChain("bias", with([](auto &o) { o.logitBias = {{3, 2}, {5, -infinity}}; }));
  const std::vector<int32_t> text = {3, 3, 3, 9, 12, 12};
  expectChain("repetition", with([](auto &o) { o.repetitionPenalty = 1.5; }), text);
  expectChain("presence", with([](auto &o) { o.presencePenalty = 0.8; }), text);
  expectChain("frequency", with([](auto &o) { o.frequencyPenalty = 0.4; }), text);
  expectChain("mask", untruncated(4), {}, true);
}

TEST(SamplingChain, AllStepsComeInTheirOrder) {
  for (uint64_t seed : {1u, 2u, 3u}) {
    auto all = with(
        [](SamplerOptions &o) {
          o.temperature = 1.3;
          o.topK = 25;
          o.typicalP = 0.9;
          o.topP = 0.85;
          o.minP = 0.08;
          o.repetitionPenalty = 1.2;
          o.presencePenalty = 0.3;
          o.frequencyPenalty = 0.2;
          o.logitBias = {{6, 1.5f}, {0, -1}};
        },
        seed);
    const std::vector<int32_t> text = {3, 3, 6, 9, 12, 12, 30};
    expectChain("all", all, text);
    all.topK = 9;
    expectChain("all with a mask", all, text, true);
  }
}

TEST(SamplingChain, TypicalMayLeaveOutTheMostLikely) {
  // The entropy of 0.4 and 24 times 0.025 is 2.58; -ln 0.4 is 0.92 and -ln 0.025 is 3.69.
  std::vector<float> logits(25, std::log(0.025f));
  logits[0] = std::log(0.4f);
  auto sampler = Sampler::make(with([](auto &o) { o.typicalP = 0.31; }));
  auto kept = sampler->candidates(logits);
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 13u);
  for (size_t i = 0; i < 13; ++i)
    EXPECT_EQ((*kept)[i].id, int32_t(i + 1));
}

TEST(SamplingChain, GreedyHeedsWhatIsBeforeIt) {
  auto options = with([](auto &o) {
    o.temperature = 0;
    o.presencePenalty = 3;
    o.logitBias = {{1, 1}};
  });
  auto sampler = Sampler::make(options);
  const std::vector<float> logits = {5, 4.5, 4, 3};
  EXPECT_EQ(*sampler->sample(logits), 1);
  sampler->accept(1);
  EXPECT_EQ(*sampler->sample(logits), 0);
  EveryThird third;
  EXPECT_EQ(*sampler->sample(logits, &third), 0);
  sampler->accept(0);
  EXPECT_EQ(*sampler->sample(logits, &third), 3);
}

TEST(SamplingChain, WhereNothingIsLeftThatIsSaid) {
  auto sampler = Sampler::make(with([](auto &o) { o.logitBias = {{0, -infinity}}; }));
  auto id = sampler->sample(std::vector<float>{3});
  ASSERT_FALSE(id);
  EXPECT_NE(id.error().message.find("constraint and logit bias leave no token"), std::string::npos);
  EveryThird third;
  EXPECT_NE(sampler->sample(std::vector<float>{1, NAN, 1}, &third).error().message.find("token 1"),
            std::string::npos)
      << "what is no number does not hide behind a mask";
}

TEST(SamplingChain, SampleNumbersAreSeeds) {
  const std::vector<float> logits = someLogits();
  auto first = Sampler::make(untruncated(7));
  Sampler third = first->ofSample(2);
  auto alone = Sampler::make(untruncated(9));
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(*third.sample(logits), *alone->sample(logits));
  Sampler same = first->ofSample(0);
  EXPECT_EQ(*same.sample(logits), *first->sample(logits));
}

TEST(SamplingChain, RefusesOptionsOutOfRange) {
  auto refuses = [](auto change) { return !Sampler::make(with(change)); };
  EXPECT_TRUE(refuses([](auto &o) { o.typicalP = 0; }));
  EXPECT_TRUE(refuses([](auto &o) { o.typicalP = NAN; }));
  EXPECT_TRUE(refuses([](auto &o) { o.repetitionPenalty = 0; }));
  EXPECT_TRUE(refuses([](auto &o) { o.repetitionPenalty = INFINITY; }));
  EXPECT_TRUE(refuses([](auto &o) { o.presencePenalty = NAN; }));
  EXPECT_TRUE(refuses([](auto &o) { o.frequencyPenalty = INFINITY; }));
  EXPECT_TRUE(refuses([](auto &o) { o.logitBias = {{-1, 0}}; }));
  EXPECT_TRUE(refuses([](auto &o) { o.logitBias = {{1, infinity}}; }));
  EXPECT_TRUE(refuses([](auto &o) { o.logitBias = {{1, NAN}}; }));
}

} // namespace
