// Several samples over one ragged batch.
#include "FakeDecoder.h"
#include "runtime/generate/Generator.h"

#include <gtest/gtest.h>
#include <set>

using namespace weft;

namespace {

constexpr uint32_t vocabulary = 50;
using Ids = std::vector<int32_t>;
const Ids prompt = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};

FakeDecoder scrambler(size_t sequences, uint64_t context = 64) {
  FakeDecoder decoder(vocabulary, context,
                      [](std::span<const int32_t> text) { return scrambled(text, vocabulary); });
  decoder.texts.resize(sequences);
  decoder.rowsLimit = 8;
  return decoder;
}

struct Run {
  Result<Generation> result;
  std::vector<Ids> ids;
};

Run run(FakeDecoder &decoder, uint64_t seed, const GenerateOptions &options,
        const KeepGoing &keepGoing = {}) {
  auto sampler = Sampler::make({.temperature = 1, .seed = seed, .frequencyPenalty = 0.5});
  Run run;
  run.ids.resize(options.samples);
  run.result = generate(
      decoder, *sampler, prompt, options,
      [&](const NewToken &token) {
        run.ids[token.sample].push_back(token.id);
        return true;
      },
      keepGoing);
  EXPECT_TRUE(run.result) << run.result.error().message;
  return run;
}

/// Even numbers only, and odd ones behind a multiple of 4.
class Parity final : public TokenConstraint {
public:
  Result<void> mask(std::span<uint64_t> bits) override {
    const bool isFree = !taken.empty() && taken.back() % 4 == 0;
    std::ranges::fill(bits, isFree ? ~uint64_t(0) : 0x5555555555555555u);
    return {};
  }
  Result<void> accept(int32_t token) override {
    taken.push_back(token);
    return {};
  }
  void rollback(uint64_t count) override { taken.resize(taken.size() - count); }
  std::unique_ptr<TokenConstraint> fork() const override { return std::make_unique<Parity>(*this); }

private:
  Ids taken;
};

TEST(Samples, AreWhatTheyWouldBeAlone) {
  const Ids ends = {7, 8, 9};
  const Parity parity;
  for (const TokenConstraint *constraint :
       {(const TokenConstraint *)nullptr, (const TokenConstraint *)&parity})
    for (uint64_t rows : {1, 3, 8}) {
      FakeDecoder decoder = scrambler(6);
      decoder.rowsLimit = rows;
      const auto all = run(
          decoder, 100, {.newTokens = 20, .endIds = ends, .samples = 6, .constraint = constraint});
      std::set<Ids> different;
      for (uint64_t i = 0; i < 6; ++i) {
        FakeDecoder other = scrambler(1);
        const auto alone =
            run(other, 100 + i, {.newTokens = 20, .endIds = ends, .constraint = constraint});
        EXPECT_EQ(all.ids[i], alone.ids[0]) << i;
        EXPECT_EQ(all.result->samples[i].stop, alone.result->stop());
        EXPECT_EQ(all.result->samples[i].newTokens, alone.ids[0].size());
        different.insert(all.ids[i]);
      }
      EXPECT_GT(different.size(), 4u);
    }
}

TEST(Samples, ReadThePromptOnce) {
  FakeDecoder decoder = scrambler(4);
  const auto all = run(decoder, 1, {.newTokens = 5, .samples = 4});
  EXPECT_EQ(decoder.calls, (std::vector<size_t>{8, 3, 4, 4, 4, 4}));
  EXPECT_EQ(decoder.copied, 3 * prompt.size());
  EXPECT_EQ(all.result->promptTokens, prompt.size());
  EXPECT_EQ(all.result->newTokens, 20u);
  EXPECT_EQ(all.result->decodedTokens, 16u);
  EXPECT_EQ(all.result->decodeSteps, 4u);
  EXPECT_EQ(all.result->held, prompt.size() + 4);
}

TEST(Samples, EndOneByOne) {
  FakeDecoder decoder = scrambler(3);
  auto sampler = Sampler::make({.temperature = 1, .seed = 5});
  std::vector<int> counts(3);
  auto result = generate(
      decoder, *sampler, prompt, {.newTokens = 9, .samples = 3},
      [&](const NewToken &token) { return ++counts[token.sample] < 2 + int(token.sample) * 3; });
  ASSERT_TRUE(result);
  EXPECT_EQ(counts, (std::vector<int>{2, 5, 8}));
  for (const Generation::Sample &sample : result->samples)
    EXPECT_EQ(sample.stop, Stop::StopString);
  EXPECT_EQ(decoder.calls, (std::vector<size_t>{8, 3, 3, 2, 2, 2, 1, 1, 1}));
  EXPECT_EQ(decoder.texts[0].size(), result->held);
}

TEST(Samples, CanBeInterruptedTogether) {
  FakeDecoder decoder = scrambler(3);
  int left = 4;
  const auto stopped = run(decoder, 1, {.newTokens = 9, .samples = 3}, [&] { return left-- > 0; });
  for (uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(stopped.result->samples[i].stop, Stop::Interrupted);
    EXPECT_EQ(stopped.ids[i].size(), 3u);
  }
}

TEST(Samples, HaveLogProbabilitiesWhereAskedFor) {
  FakeDecoder decoder = scrambler(2);
  auto sampler = Sampler::make({.temperature = 0.3, .topK = 3, .seed = 5});
  std::vector<Ids> texts(2, prompt);
  auto result =
      generate(decoder, *sampler, prompt, {.newTokens = 6, .samples = 2, .logProbabilities = 2},
               [&](const NewToken &token) {
                 EXPECT_NE(token.logProbabilities, nullptr);
                 const LogProbabilities should =
                     logProbabilities(scrambled(texts[token.sample], vocabulary), token.id, 2);
                 EXPECT_EQ(token.logProbabilities->taken, should.taken);
                 EXPECT_EQ(token.logProbabilities->best.size(), 2u);
                 EXPECT_EQ(token.logProbabilities->best[1].value, should.best[1].value);
                 texts[token.sample].push_back(token.id);
                 return true;
               });
  ASSERT_TRUE(result);
  EXPECT_EQ(result->newTokens, 12u);
}

TEST(Samples, NeedSequencesThatCanBeCopied) {
  auto sampler = Sampler::make({});
  auto errorOf = [&](FakeDecoder &decoder, uint64_t samples) {
    auto result = generate(decoder, *sampler, prompt, {.samples = samples},
                           [](const NewToken &) { return true; });
    return result ? std::string() : result.error().message;
  };
  FakeDecoder decoder = scrambler(2);
  EXPECT_NE(errorOf(decoder, 3).find("1 to 2 samples"), std::string::npos);
  EXPECT_NE(errorOf(decoder, 0).find("found 0"), std::string::npos);
  decoder.forks = false;
  EXPECT_NE(errorOf(decoder, 2).find("cannot be copied"), std::string::npos);
  EXPECT_EQ(errorOf(decoder, 1), "");
}

} // namespace
