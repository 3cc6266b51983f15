#include "runtime/generate/StopStrings.h"

#include "runtime/generate/sampling/Random.h"

#include <gtest/gtest.h>

using namespace weft;

namespace {

using Strings = std::vector<std::string>;

struct Said {
  std::string text, found;
};

/// The text in pieces of some bytes.
Said say(const Strings &strings, const std::string &text, size_t piece) {
  auto stops = StopStrings::make(strings);
  EXPECT_TRUE(stops);
  Said said;
  for (size_t begin = 0; begin < text.size(); begin += piece)
    said.text += stops->push(std::string_view(text).substr(begin, piece));
  said.text += stops->finish();
  if (stops->found())
    said.found = *stops->found();
  return said;
}

/// Looks at every prefix.
Said expected(const Strings &strings, const std::string &text) {
  for (size_t end = 1; end <= text.size(); ++end) {
    const std::string prefix = text.substr(0, end);
    std::string longest;
    for (const std::string &string : strings)
      if (prefix.ends_with(string) && string.size() > longest.size())
        longest = string;
    if (!longest.empty())
      return {prefix.substr(0, end - longest.size()), longest};
  }
  return {text, ""};
}

TEST(StopStrings, KeepBackWhatMayBeTheBeginning) {
  auto stops = StopStrings::make(Strings{"\n\n", "END"});
  ASSERT_TRUE(stops);
  EXPECT_EQ(stops->push("a line\n"), "a line");
  EXPECT_EQ(stops->push("more E"), "\nmore ");
  EXPECT_EQ(stops->push("N"), "");
  EXPECT_EQ(stops->push("TER E"), "ENTER ");
  EXPECT_EQ(stops->push("ND and what comes then"), "");
  ASSERT_TRUE(stops->found());
  EXPECT_EQ(*stops->found(), "END");
  EXPECT_EQ(stops->push("nothing"), "");
  EXPECT_EQ(stops->finish(), "");
}

TEST(StopStrings, GiveBackWhatWasNone) {
  auto stops = StopStrings::make(Strings{"abc"});
  EXPECT_EQ(stops->push("xab"), "x");
  EXPECT_EQ(stops->finish(), "ab");
  EXPECT_FALSE(stops->found());
}

TEST(StopStrings, OfNoneAllPasses) {
  auto stops = StopStrings::make({});
  EXPECT_EQ(stops->push("anything"), "anything");
  EXPECT_EQ(stops->finish(), "");
}

TEST(StopStrings, AreFoundHoweverTheTextIsCut) {
  Random random(11);
  auto draw = [&](size_t length) {
    std::string text;
    for (size_t i = 0; i < length; ++i)
      text += char('a' + random.next() % 2);
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    Strings strings;
    for (size_t i = 0; i < 1 + size_t(round) % 3; ++i)
      strings.push_back(draw(1 + random.next() % 7));
    const std::string text = draw(random.next() % 40);
    const Said should = expected(strings, text);
    for (size_t piece : {1, 3, 40}) {
      const Said said = say(strings, text, piece);
      EXPECT_EQ(said.text, should.text) << text << " in pieces of " << piece << ", round " << round;
      EXPECT_EQ(said.found, should.found);
    }
  }
}

TEST(StopStrings, MustNotBeEmpty) { EXPECT_FALSE(StopStrings::make(Strings{"a", ""})); }

} // namespace
