#include "runtime/constrain/grammar/Regex.h"
#include "runtime/base/Utf8.h"
#include "tests/runtime/constrain/Texts.h"

#include <regex>

namespace weft::constrain {
namespace {

TEST(GrammarRegex, AgreesWithTheStandardLibrary) {
  const char *patterns[] = {"a*b",         "(ab|a)(bc)?", "[^a]c{2,3}", "a{0}b",    "(a|b)*abb",
                            "\\d+\\.\\d",  "(a?){3}a{3}", "(a*)*b",     "x|yz|",    "[a-c]+?[^\\s]",
                            "(?:a|b){2,}", "a(b(c|a)*)*", "(a+|b+)+c",  "\\w\\W\\w"};
  std::mt19937 random(1);
  for (const char *pattern : patterns) {
    const GrammarAutomaton automaton = compiled(grammarOfRegex(pattern));
    const std::regex expected(pattern);
    for (int i = 0; i < 2000; ++i) {
      std::string text;
      for (size_t n = random() % 8; n > 0; --n)
        text += "abcxyz1. "[random() % 9];
      ASSERT_EQ(accepts(automaton, text), std::regex_match(text, expected))
          << pattern << " on \"" << text << "\"";
    }
  }
}

TEST(GrammarRegex, CharactersAreUtf8) {
  const GrammarAutomaton any = compiled(grammarOfRegex("[^a]"));
  EXPECT_TRUE(accepts(any, "é"));
  EXPECT_TRUE(accepts(any, "€"));
  EXPECT_TRUE(accepts(any, "😀"));
  EXPECT_FALSE(accepts(any, "\xC0\x80"));
  EXPECT_FALSE(accepts(any, "\xED\xA0\x80"));
  EXPECT_FALSE(accepts(any, "a"));
  const GrammarAutomaton greek = compiled(grammarOfRegex("[\\u03B1-\\u03C9]+\\u{1F600}"));
  EXPECT_TRUE(accepts(greek, "αβγ😀"));
  EXPECT_FALSE(accepts(greek, "abc😀"));
}

// As with JavaScript's flag u.
TEST(GrammarRegex, SurrogatePairsAreOneCharacter) {
  const GrammarAutomaton pair =
      compiled(grammarOfRegex("\\uD83D\\uDE00|[\\uD83D\\uDE01-\\uD83D\\uDE03]!"));
  EXPECT_TRUE(accepts(pair, "😀"));
  EXPECT_TRUE(accepts(pair, "😂!"));
  EXPECT_FALSE(accepts(pair, "😄!"));
  const GrammarAutomaton halves = compiled(grammarOfRegex("[^\\uD800-\\uDFFF]|\\uD83Dx"));
  EXPECT_TRUE(accepts(halves, "😀"));
  EXPECT_FALSE(accepts(halves, "x"
                               "x"));
}

TEST(GrammarRegex, EverySetOfCharactersIsExact) {
  std::mt19937 random(7);
  for (int i = 0; i < 30; ++i) {
    CodePoints set;
    for (int n = 0; n < 3; ++n) {
      const char32_t low = random() % 0x110000;
      set.add(low, std::min<char32_t>(low + random() % 0x3000, CodePoints::last));
    }
    Grammar grammar;
    grammar.define(grammar.rule("root"), grammar.set(set));
    const GrammarAutomaton automaton = compiled(Result<Grammar>(grammar));
    for (char32_t c = random() % 13; c <= CodePoints::last; c += 1 + random() % 200) {
      if (c >= 0xD800 && c <= 0xDFFF)
        continue;
      std::string text;
      appendUtf8(text, c);
      ASSERT_EQ(accepts(automaton, text), set.contains(c)) << std::hex << uint32_t(c);
    }
  }
}

TEST(GrammarRegex, LooksAheadOutsideOfGroups) {
  const GrammarAutomaton automaton =
      compiled(grammarOfRegex("(?!\\.)(?!.*\\.\\.)[a-z.]*(?=b|c$)[a-z]{1,2}"));
  for (const char *text : {"b", "a.bx", "c", "a.c", "ab"})
    EXPECT_TRUE(accepts(automaton, text)) << text;
  for (const char *text : {".b", "a..b", "cx", "a", "a.cd"})
    EXPECT_FALSE(accepts(automaton, text)) << text;
}

TEST(GrammarRegex, ErrorsNameTheColumn) {
  auto error = [](const char *pattern) { return errorOf(grammarOfRegex(pattern)); };
  EXPECT_EQ(error("ab(c"), "regular expression, line 1, column 3: expected \")\" to end the group, "
                           "found the end");
  EXPECT_NE(error("a**").find("column 3"), std::string::npos);
  EXPECT_NE(error("é+*").find("column 3"), std::string::npos);
  EXPECT_NE(error("[z-a]").find("range"), std::string::npos);
  EXPECT_NE(error("[abc").find("expected \"]\""), std::string::npos);
  EXPECT_NE(error("(a(?=b)b)+").find("looking ahead"), std::string::npos);
  EXPECT_NE(error("(a)\\1").find("references back"), std::string::npos);
  EXPECT_NE(error("a\\b").find("assertion \\b"), std::string::npos);
  EXPECT_NE(error("\\p{L}").find("Unicode properties"), std::string::npos);
  EXPECT_NE(error("a{5,2}").find("in order"), std::string::npos);
  EXPECT_NE(error("a{99999999999}").find("at most 1000000000"), std::string::npos);
  EXPECT_NE(error("(a^b)").find("\"^\""), std::string::npos);
  EXPECT_NE(error("a)").find("without"), std::string::npos);
  EXPECT_NE(error("\xFF").find("UTF-8"), std::string::npos);
}

TEST(GrammarRegex, ExponentialOnesAreRefused) {
  auto error = [](const std::string &pattern) {
    auto grammar = grammarOfRegex(pattern);
    return grammar ? errorOf(compile(*grammar)) : errorOf(grammar);
  };
  EXPECT_NE(error("(a|b)*a(a|b){40}").find("deterministic states"), std::string::npos);
  EXPECT_NE(error("(((a{1000}){1000}){1000}){1000}").find("states"), std::string::npos);
  EXPECT_NE(error(std::string(100000, '(')).find("nested deeper"), std::string::npos);
  EXPECT_NE(error("(\xC3\xA9?){10000}{2}").size(), 0u);
  // The empty text repeated takes no time.
  EXPECT_TRUE(accepts(compiled(grammarOfRegex("((){10000}){10000}x")), "x"));
}

} // namespace
} // namespace weft::constrain
