// Decoding loops over a real model: copies of sequences, guesses ahead, beams. What they may not
// change is compared to the bit.

#include "tests/end_to_end/Command.h"

#include "runtime/device/Registry.h"
#include "runtime/generate/BeamSearch.h"
#include "runtime/generate/speculate/Drafter.h"

#include <gtest/gtest.h>

namespace weft::test {
namespace {

using Ids = std::vector<int32_t>;

Ids someIds(int32_t count) {
  Ids ids;
  for (int32_t i = 0; i < count; ++i)
    ids.push_back((i * 41 + 3) % 2048);
  return ids;
}

class GenerationEndToEnd : public CommandTest {
protected:
  void open(const SessionOptions &options) {
    if (!model) {
      auto opened = Artifact::open(artifact);
      ASSERT_TRUE(opened) << opened.error().message;
      model = std::make_unique<Artifact>(std::move(*opened));
    }
    session.reset();
    auto made = Session::open(*model, options);
    ASSERT_TRUE(made) << made.error().message;
    session = std::move(*made);
  }

  /// Reads ids[begin ..] of a sequence and gives all their logits.
  std::vector<float> read(uint64_t sequence, const Ids &ids, size_t begin) {
    const size_t count = ids.size() - begin;
    Ids positions(count), sequences(count, int32_t(sequence)), rows(count);
    for (size_t i = 0; i < count; ++i) {
      positions[i] = int32_t(begin + i);
      rows[i] = int32_t(i);
    }
    auto logits = session->forward({std::span(ids).subspan(begin), positions, sequences, rows});
    EXPECT_TRUE(logits) << logits.error().message;
    return logits ? std::vector<float>(logits->begin(), logits->end()) : std::vector<float>();
  }

  void expectForksToBeCopies(const std::string &options, const std::string &device) {
    SCOPED_TRACE(options + " on " + device);
    model.reset();
    takeModel(demo, options);
    SessionOptions wanted = {
        .device = device, .context = 150, .sequences = 3, .tokens = 150, .rows = 150};
    open(wanted);
    if (HasFatalFailure())
      return;
    for (int32_t length : {1, 31, 63, 64, 65, 127, 129}) {
      SCOPED_TRACE(length);
      Ids text = someIds(length);
      read(0, someIds(140), 0);
      read(1, Ids(20, 7), 0);
      for (uint64_t to : {1u, 2u}) {
        auto forked = session->fork({.from = 0, .to = to, .length = uint64_t(length)});
        ASSERT_TRUE(forked) << forked.error().message;
      }
      text.insert(text.end(), {5, 900, 77, 2000, 1});
      const std::vector<float> copied = read(2, text, size_t(length));
      EXPECT_TRUE(copied == read(1, text, size_t(length)));
      std::vector<float> whole = read(0, text, 0);
      whole.erase(whole.begin(), whole.begin() + std::ptrdiff_t(length) * 2048);
      EXPECT_TRUE(copied == whole);
    }
  }

  Ids generated(const SamplerOptions &sampling, const Ids &prompt, GenerateOptions options) {
    SessionDecoder decoder(*session);
    auto sampler = Sampler::make(sampling);
    Ids ids;
    auto done = generate(decoder, *sampler, prompt, options, [&](const NewToken &token) {
      ids.push_back(token.id);
      return true;
    });
    EXPECT_TRUE(done) << done.error().message;
    if (done)
      last = *done;
    return ids;
  }

  std::unique_ptr<Artifact> model;
  std::unique_ptr<Session> session;
  Generation last;
};

TEST_F(GenerationEndToEnd, ForksAreCopies) {
  for (const char *kv : {"f16", "q8", "f32"})
    expectForksToBeCopies(std::string("--kv ") + kv, "cpu");
}

TEST_F(GenerationEndToEnd, ForksAreCopiesOnVulkan) {
  if (auto device = makeDevice("vulkan"); !device)
    GTEST_SKIP() << device.error().message;
  expectForksToBeCopies("--target vulkan", "vulkan");
}

TEST_F(GenerationEndToEnd, GuessesDoNotChangeTheText) {
  takeModel(demo, "--quantize=q4");
  const Ids prompt = someIds(9);
  auto draftModel = Artifact::open(artifact);
  ASSERT_TRUE(draftModel);
  auto draftSession = Session::open(*draftModel, {.context = 200});
  ASSERT_TRUE(draftSession);
  SessionDecoder draft(**draftSession);
  takeModel(demo, "");
  open({.context = 200, .tokens = 32, .rows = 9});
  if (HasFatalFailure())
    return;
  SessionDecoder decoder(*session);
  for (double temperature : {0.0, 0.3, 1.0}) {
    SCOPED_TRACE(temperature);
    const SamplerOptions sampling = {
        .temperature = temperature, .seed = 3, .repetitionPenalty = temperature > 0.5 ? 1.1 : 1.0};
    const Ids plain = generated(sampling, prompt, {.newTokens = 150});
    PromptLookup lookup;
    EXPECT_EQ(generated(sampling, prompt, {.newTokens = 150, .drafter = &lookup}), plain);
    auto drafter = ModelDrafter::make(draft, decoder);
    ASSERT_TRUE(drafter);
    EXPECT_EQ(generated(sampling, prompt, {.newTokens = 150, .drafter = drafter->get()}), plain);
    EXPECT_GT(last.acceptedTokens, last.draftedTokens / 2);
    EXPECT_LT(last.decodeSteps, 100u);
  }
}

TEST_F(GenerationEndToEnd, BeamsOfOneAreGreedy) {
  takeModel(demo, "");
  open({.context = 100, .sequences = 4, .rows = 4});
  if (HasFatalFailure())
    return;
  SessionDecoder decoder(*session);
  const Ids prompt = someIds(9);
  auto one = beamSearch(decoder, prompt, {.width = 1, .newTokens = 40});
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->texts.front().ids, generated({.temperature = 0}, prompt, {.newTokens = 40}));
  auto four = beamSearch(decoder, prompt, {.width = 4, .best = 4, .newTokens = 40});
  ASSERT_TRUE(four) << four.error().message;
  ASSERT_EQ(four->texts.size(), 4u);
  EXPECT_GE(four->texts.front().logProbability, one->texts.front().logProbability);
  // What a text is worth, looked at again.
  const BeamText &best = four->texts.front();
  Ids whole = prompt;
  whole.insert(whole.end(), best.ids.begin(), best.ids.end());
  double sum = 0;
  auto fed =
      feed(decoder, whole, 0, prompt.size() - 1, [&](uint64_t i, std::span<const float> logits) {
        if (i + 1 < whole.size())
          sum += logProbabilities(logits, whole[i + 1], 0).taken;
        return Result<void>();
      });
  ASSERT_TRUE(fed);
  EXPECT_DOUBLE_EQ(best.logProbability, sum);
  EXPECT_NEAR(best.score, sum / 40, 1e-12);
}

} // namespace
} // namespace weft::test
