#include "runtime/text/tokenizer/TokenMatcher.h"

#include <gtest/gtest.h>
#include <random>

namespace weft::text {
namespace {

std::string found(const std::vector<std::string> &texts, std::string_view in) {
  TokenMatcher matcher;
  for (size_t i = 0; i < texts.size(); ++i)
    matcher.add(texts[i], static_cast<TokenId>(i));
  matcher.build();
  std::vector<TokenMatcher::Match> matches;
  matcher.find(in, matches);
  std::string joined;
  for (const TokenMatcher::Match &match : matches)
    joined +=
        std::to_string(match.span.begin) + ":" + texts[static_cast<size_t>(match.token)] + " ";
  return joined;
}

TEST(TokenMatcher, TakesTheLeftmostThenTheLongest) {
  EXPECT_EQ(found({"a", "ab", "bcd"}, "abcd"), "0:ab ");
  EXPECT_EQ(found({"abcd", "bc"}, "abce"), "1:bc ");
  EXPECT_EQ(found({"ab", "ba"}, "ababa"), "0:ab 2:ab ");
  EXPECT_EQ(found({}, "abc"), "");
  EXPECT_EQ(found({"x"}, ""), "");
}

TEST(TokenMatcher, AgreesWithLookingEverywhere) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  auto text = [&](size_t longest) {
    std::string made(1 + random() % longest, 'a');
    for (char &c : made)
      c = static_cast<char>('a' + random() % 2);
    return made;
  };
  for (int round = 0; round < 500; ++round) {
    std::vector<std::string> texts;
    for (size_t count = 1 + random() % 6; count > 0; --count)
      if (std::string made = text(6); std::find(texts.begin(), texts.end(), made) == texts.end())
        texts.push_back(made);
    const std::string in = text(50);
    std::string expected;
    for (size_t at = 0; at < in.size();) {
      std::string longest;
      for (const std::string &candidate : texts)
        if (in.compare(at, candidate.size(), candidate) == 0 && candidate.size() > longest.size())
          longest = candidate;
      if (!longest.empty())
        expected += std::to_string(at) + ":" + longest + " ";
      at += std::max<size_t>(longest.size(), 1);
    }
    EXPECT_EQ(found(texts, in), expected) << in;
  }
}

} // namespace
} // namespace weft::text
