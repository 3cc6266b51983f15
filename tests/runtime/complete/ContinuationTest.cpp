// What tokens add to a prompt's text.
#include "runtime/complete/Continuation.h"
#include "tests/runtime/text/Fixtures.h"

#include <gmock/gmock.h>

using namespace weft;
using namespace weft::complete;

namespace {

StopStrings stops(std::vector<std::string> strings) { return StopStrings::make(strings).value(); }

/// Of text::llamaStyle(): 265 is " ab", 263 is " a", bytes begin at 3.
class LlamaContinuation : public testing::Test {
protected:
  std::unique_ptr<text::Tokenizer> tokenizer = text::make(text::llamaStyle());
  PromptText prompt{*tokenizer};

  std::string after(std::vector<int32_t> ids, const std::vector<int32_t> &more,
                    std::vector<std::string> stopStrings = {}) {
    EXPECT_TRUE(prompt.set(ids));
    Continuation text(prompt, stops(std::move(stopStrings)));
    std::string told;
    for (int32_t id : more)
      told += text.push(id).value();
    told += text.finish();
    EXPECT_EQ(told, text.text());
    EXPECT_EQ(text.ids(), more);
    return told;
  }
};

TEST_F(LlamaContinuation, DependsOnWhatStandsBefore) {
  EXPECT_EQ(after({1}, {265}), "ab"); // the space at the very beginning goes
  EXPECT_EQ(after({1, 265}, {265}), " ab");
}

TEST_F(LlamaContinuation, TheEndOfThePromptIsNotToldAgain) {
  // Half of "é" in the prompt: its other half makes the character, which is new.
  EXPECT_EQ(after({1, 265, 3 + 0xC3}, {3 + 0xA9, 263}), "é a");
  // A whole one is kept back by the decoder, and is the prompt's.
  EXPECT_EQ(after({1, 265, 3 + 0xC3, 3 + 0xA9}, {263}), " a");
  EXPECT_EQ(after({1, 265, 3 + 0xC3, 3 + 0xA9}, {3 + 0x21, 263}), "! a");
}

TEST_F(LlamaContinuation, IsTheSameWhereThePromptGoesOn) {
  EXPECT_EQ(after({1, 265}, {263}), " a");
  EXPECT_EQ(after({1, 265, 263, 3 + 0xC3}, {3 + 0xA9}), "é"); // only what is new was decoded
  EXPECT_EQ(after({1, 263}, {265}), " ab");                   // another prompt
  EXPECT_EQ(after({1}, {265}), "ab");                         // a shorter one
}

TEST_F(LlamaContinuation, OfTokensThatAreNoneIsRefused) {
  EXPECT_FALSE(prompt.set(std::vector<int32_t>{1, 99999}));
  ASSERT_TRUE(prompt.set(std::vector<int32_t>{1}));
  Continuation text(prompt, stops({}));
  EXPECT_FALSE(text.push(99999));
  EXPECT_EQ(text.push(265).value(), "ab");
}

TEST_F(LlamaContinuation, CopiesGoOnApart) {
  ASSERT_TRUE(prompt.set(std::vector<int32_t>{1}));
  Continuation one(prompt, stops({"b c"}));
  EXPECT_EQ(one.push(265).value(), "a");
  Continuation other = one;
  EXPECT_EQ(one.push(263).value(), "b a");
  EXPECT_EQ(other.push(3 + ' ').value(), "");
  EXPECT_EQ(other.push(262).value(), "");
  EXPECT_TRUE(other.stopped());
  EXPECT_EQ(other.finish(), "");
  EXPECT_EQ(other.text(), "a");
  EXPECT_FALSE(one.stopped());
}

} // namespace
