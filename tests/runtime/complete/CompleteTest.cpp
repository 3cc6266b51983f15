// From a request to its completions, on a decoder whose logits are known.
#include "runtime/complete/Complete.h"
#include "tests/runtime/generate/FakeDecoder.h"
#include "tests/runtime/text/Fixtures.h"

#include <gmock/gmock.h>

using namespace weft;
using namespace weft::complete;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

// Of text::characters(): a to z are 1 to 26.
constexpr uint32_t vocabulary = 36;
constexpr int32_t endId = 33;

/// After a letter comes the next one, after "f" the end.
std::vector<float> alphabet(std::span<const int32_t> text) {
  return only(text.back() == 6 ? endId : text.back() + 1, vocabulary);
}

class Complete : public testing::Test {
protected:
  std::unique_ptr<text::Tokenizer> tokenizer = text::make(text::characters());
  FakeDecoder decoder{vocabulary, 64, alphabet};
  CompletionRequest request{{1, 2}, {endId}, {}};
  std::string streamed;
  CompletionCallbacks callbacks;

  void SetUp() override {
    request.options.sampler.temperature = 0;
    callbacks.onText = [this](uint64_t sample, std::string_view piece) -> Result<void> {
      EXPECT_FALSE(piece.empty());
      streamed += std::to_string(sample) + std::string(piece);
      return {};
    };
  }
  Result<Completions> run() {
    return complete::complete({*tokenizer, decoder}, request, callbacks);
  }
};

TEST_F(Complete, StreamsTheText) {
  const auto completions = run();
  ASSERT_TRUE(completions) << completions.error().message;
  ASSERT_EQ(completions->texts.size(), 1u);
  EXPECT_EQ(completions->texts[0].text, "cdef");
  EXPECT_THAT(completions->texts[0].ids, ElementsAre(3, 4, 5, 6));
  EXPECT_EQ(completions->texts[0].stop, Stop::End);
  EXPECT_EQ(streamed, "0c0d0e0f");
  EXPECT_EQ(completions->generation.promptTokens, 2u);
}

TEST_F(Complete, EndsBeforeAStopString) {
  request.options.stops = {"ef"};
  const auto completions = run();
  ASSERT_TRUE(completions);
  EXPECT_EQ(completions->texts[0].text, "cd");
  EXPECT_EQ(completions->texts[0].stop, Stop::StopString);
  EXPECT_EQ(streamed, "0c0d");
}

TEST_F(Complete, TellsSamplesApart) {
  request.options.samples = 2;
  request.options.logProbabilities = 1;
  decoder.texts.resize(2);
  decoder.rowsLimit = 2;
  const auto completions = run();
  ASSERT_TRUE(completions) << completions.error().message;
  EXPECT_EQ(completions->texts[1].text, "cdef");
  EXPECT_EQ(streamed, "0c1c0d1d0e1e0f1f");
  ASSERT_EQ(completions->texts[1].logProbabilities.size(), 4u);
  EXPECT_EQ(completions->texts[1].logProbabilities[3].best.at(0).id, 6);
}

TEST_F(Complete, FollowsBeams) {
  request.options.beams = 2;
  request.options.samples = 2;
  decoder.texts.resize(2);
  decoder.rowsLimit = 2;
  const auto completions = run();
  ASSERT_TRUE(completions) << completions.error().message;
  ASSERT_EQ(completions->texts.size(), 2u);
  EXPECT_EQ(completions->texts[0].text, "cdef");
  ASSERT_TRUE(completions->texts[0].beam);
  EXPECT_GT(completions->texts[0].beam->score, completions->texts[1].beam->score);
  EXPECT_EQ(streamed, "");
}

TEST_F(Complete, MatchesTheConstraint) {
  request.options.constraint = {ConstraintOptions::Kind::Regex, "x[yz]", "the expression"};
  EXPECT_EQ(run().value().texts[0].text.front(), 'x');
  request.options.constraint.source = "(";
  EXPECT_THAT(run().error().message, HasSubstr("the expression: "));
  request.options.constraint.source = "x";
  request.endIds.clear();
  EXPECT_THAT(run().error().message, HasSubstr("no token that ends a text"));
}

TEST_F(Complete, IsInterrupted) {
  int asked = 0;
  callbacks.keepGoing = [&] { return ++asked < 4; };
  const auto completions = run();
  ASSERT_TRUE(completions);
  EXPECT_EQ(completions->texts[0].stop, Stop::Interrupted);
  EXPECT_TRUE(completions->interrupted());
  EXPECT_EQ(completions->texts[0].text, "cde");
}

TEST_F(Complete, EndsWithTheErrorOfACallback) {
  callbacks.onText = [](uint64_t, std::string_view) -> Result<void> { return fail("disk full"); };
  EXPECT_EQ(run().error().message, "disk full");
  EXPECT_LT(decoder.calls.size(), 4u) << "the model went on";
  const size_t before = decoder.calls.size();
  callbacks.onStart = []() -> Result<void> { return fail("no"); };
  EXPECT_EQ(run().error().message, "no");
  EXPECT_EQ(decoder.calls.size(), before);
}

TEST_F(Complete, StartsOnlyWhatCanBeCompleted) {
  bool started = false;
  callbacks.onStart = [&]() -> Result<void> {
    started = true;
    return {};
  };
  uint64_t told = 0;
  callbacks.onProgress = [&](uint64_t tokens) { told = tokens; };
  request.prompt.clear();
  EXPECT_FALSE(run());
  request.prompt.assign(65, 1);
  EXPECT_FALSE(run());
  request.prompt = {9999};
  EXPECT_FALSE(run());
  EXPECT_FALSE(started);
  request.prompt = {1};
  EXPECT_TRUE(run());
  EXPECT_TRUE(started);
  EXPECT_EQ(told, 5u);
}

} // namespace
