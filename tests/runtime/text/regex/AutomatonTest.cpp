#include "runtime/text/regex/Automaton.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/regex/Expression.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace weft::regex {
namespace {

using Texts = std::vector<std::string>;

std::optional<Automaton> automaton(std::string_view pattern) {
  auto expression = parseExpression(pattern);
  return expression ? Automaton::make(*expression) : std::nullopt;
}

Texts matches(std::string_view pattern, std::string_view text) {
  auto made = automaton(pattern);
  if (!made) {
    ADD_FAILURE() << pattern << " has no automaton";
    return {};
  }
  Texts found;
  for (size_t at = 0; at < text.size();) {
    const size_t end = made->matchAt(text, at);
    if (end > at)
      found.emplace_back(text.substr(at, end - at));
    at = end > at ? end : at + charAt(text, at).length;
  }
  return found;
}

TEST(Automaton, PrefersTheFirstChoice) {
  EXPECT_EQ(matches("a|ab|abc", "abc"), Texts({"a"}));
  EXPECT_EQ(matches("abc|ab|a", "ababc"), Texts({"ab", "abc"}));
  EXPECT_EQ(matches("(?:a|ab)(?:c|bcd)", "abcd"), Texts({"abcd"}));
  EXPECT_EQ(matches("(?:ab|a)(?:bcd|c)", "abcd"), Texts({"abc"}));
}

TEST(Automaton, RepeatsGreedilyOrNot) {
  EXPECT_EQ(matches("a{2,3}", "aaaaa"), Texts({"aaa", "aa"}));
  EXPECT_EQ(matches("a{2}", "aaaaa"), Texts({"aa", "aa"}));
  EXPECT_EQ(matches("a{2,}", "aaaaa"), Texts({"aaaaa"}));
  EXPECT_EQ(matches("ba{,2}", "baaa"), Texts({"baa"}));
  EXPECT_EQ(matches("a+?", "aaa"), Texts({"a", "a", "a"}));
  EXPECT_EQ(matches("ba*?c", "baac"), Texts({"baac"}));
  EXPECT_EQ(matches("ba??a", "baa"), Texts({"ba"}));
}

TEST(Automaton, LooksOneCharacterAhead) {
  EXPECT_EQ(matches(R"(\s+(?!\S)|\s+)", "a   b  "), Texts({"  ", " ", "  "}));
  EXPECT_EQ(matches("a(?=b)", "aab"), Texts({"a"}));
  EXPECT_EQ(matches("a(?!b)", "aba"), Texts({"a"}));
  EXPECT_EQ(matches("a(?=b)", "a"), Texts());
}

TEST(Automaton, KnowsClasses) {
  EXPECT_EQ(matches(R"([a-c\d]+)", "xab1٣cx"), Texts({"ab1٣c"}));
  EXPECT_EQ(matches(R"([^\p{L}]+)", "a12b"), Texts({"12"}));
  EXPECT_EQ(matches(R"([\p{L}&&[^\p{Han}x]]+)", "abx漢c"), Texts({"ab", "c"}));
  EXPECT_EQ(matches(R"([[:digit:]_-]+)", "a1_-b"), Texts({"1_-"}));
  EXPECT_EQ(matches(R"([\]\\^-]+)", "a]\\^-b"), Texts({"]\\^-"}));
  EXPECT_EQ(matches(R"(\P{L}\p{^L}\x41\u0042\x{43})", "12ABC"), Texts({"12ABC"}));
  EXPECT_EQ(matches("(?i:'s|k)S?", "'S 'ſ KS K"), Texts({"'S", "'ſ", "KS", "K"}));
  EXPECT_EQ(matches(".+", "ab\ncd"), Texts({"ab", "cd"}));
}

TEST(Automaton, KnowsUnicode16) {
  EXPECT_EQ(matches(R"(\p{Lu})", "a\u1C89"), Texts({"\u1C89"}));
  EXPECT_EQ(matches(R"(\p{Lo}+)", "\U00016100"), Texts({"\U00016100"}));
}

TEST(Automaton, LeavesTheRestToPcre) {
  for (const char *pattern : {"^a",   "a$",    "(?<=a)b", "(a)\\1",          "a++",    "a*+",
                              "\\bx", "(?>a)", "a{1,2}+", "(?=ab)a",         "a*",     "",
                              "a|",   "(a*)+", "(?i:é)",  "(?i:[a-z])",      "\\R",    "[a",
                              "(a",   "a)",    "[b-a]",   "\\p{Alphabetic}", "a{2,1}", "\\x4",
                              "\\"})
    EXPECT_FALSE(automaton(pattern)) << pattern;
}

TEST(Automaton, IsBounded) {
  EXPECT_FALSE(automaton(std::string(60, '(') + "a" + std::string(60, ')')));
  EXPECT_FALSE(automaton("(?:(?:a{1000}){1000}){1000}"));
  EXPECT_FALSE(automaton("(?:a|b)+a(?:a|b){14}c")); // two to the fourteenth states
}

} // namespace
} // namespace weft::regex
