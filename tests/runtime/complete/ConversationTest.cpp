// Turns, and what of them is read again.
#include "runtime/complete/Conversation.h"
#include "tests/runtime/generate/FakeDecoder.h"
#include "tests/runtime/text/Fixtures.h"

#include <gmock/gmock.h>

using namespace weft;
using namespace weft::complete;
using testing::HasSubstr;

namespace {

constexpr uint32_t vocabulary = 36;
constexpr int32_t endId = 33;

/// After "b" comes "c", after "c" the end, after anything else "b".
std::vector<float> twoLetters(std::span<const int32_t> text) {
  return only(text.back() == 2 ? 3 : text.back() == 3 ? endId : 2, vocabulary);
}

class Turns : public testing::Test {
protected:
  std::unique_ptr<text::Tokenizer> tokenizer = text::make(text::characters());
  jinja::ChatTemplate chatTemplate =
      jinja::ChatTemplate::parse("{% for m in messages %}{{ m.content }} {% endfor %}", "", "")
          .value();
  FakeDecoder decoder{vocabulary, 64, twoLetters};
  Conversation conversation{decoder, *tokenizer, chatTemplate, {endId}};
  Sampler sampler = Sampler::make({.temperature = 0}).value();
  TurnOptions options{.newTokens = 9, .stops = StopStrings::make({}).value()};
  CompletionCallbacks callbacks;
};

TEST_F(Turns, ReadOnlyWhatIsNew) {
  std::string streamed;
  callbacks.onText = [&](uint64_t, std::string_view piece) -> Result<void> {
    streamed += piece;
    return {};
  };
  auto first = conversation.say("xy", sampler, options, callbacks);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->text, "bc");
  EXPECT_EQ(streamed, "bc");
  EXPECT_EQ(first->cached, 0u);
  EXPECT_EQ(first->generation.promptTokens, 3u);
  auto second = conversation.say("z", sampler, options, callbacks);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->text, "bc");
  EXPECT_EQ(second->cached, 5u);                  // "xy bc"
  EXPECT_EQ(second->generation.promptTokens, 3u); // " z "
  EXPECT_EQ(conversation.messages().size(), 4u);
}

TEST_F(Turns, ThatFailAreNotSaid) {
  callbacks.onText = [](uint64_t, std::string_view) -> Result<void> { return fail("disk full"); };
  EXPECT_EQ(conversation.say("x", sampler, options, callbacks).error().message, "disk full");
  EXPECT_TRUE(conversation.messages().empty());
  callbacks.onText = {};
  EXPECT_THAT(conversation.say(std::string(70, 'x'), sampler, options, callbacks).error().message,
              HasSubstr("71 tokens and the context only 64"));
  EXPECT_TRUE(conversation.messages().empty());
  auto good = conversation.say("x", sampler, options, callbacks);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->cached, 0u); // what an error leaves is not relied on
}

TEST_F(Turns, InterruptedBeforeTheReplyAreNotSaid) {
  callbacks.keepGoing = [] { return false; };
  auto given = conversation.say("x", sampler, options, callbacks);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->generation.stop(), Stop::Interrupted);
  EXPECT_TRUE(conversation.messages().empty());
}

TEST_F(Turns, ResetKeepsTheSystemPrompt) {
  conversation.setSystem("a");
  ASSERT_TRUE(conversation.say("x", sampler, options, callbacks));
  conversation.reset();
  ASSERT_EQ(conversation.messages().size(), 1u);
  EXPECT_EQ(conversation.system(), "a");
  conversation.setSystem("");
  EXPECT_TRUE(conversation.messages().empty());
}

} // namespace
