#include "runtime/text/regex/Regex.h"
#include "runtime/text/regex/PcreSyntax.h"

#include <gtest/gtest.h>

namespace weft::regex {
namespace {

std::vector<std::string> matches(std::string_view pattern, std::string_view text) {
  auto regex = Regex::compile(pattern);
  if (!regex) {
    ADD_FAILURE() << regex.error().message;
    return {};
  }
  std::vector<Span> spans;
  regex->find(text, spans);
  std::vector<std::string> found;
  for (Span span : spans)
    found.emplace_back(text.substr(span.begin, span.end - span.begin));
  return found;
}

using Texts = std::vector<std::string>;

TEST(Regex, FindsWordsAsGpt2Does) {
  EXPECT_EQ(matches(R"('s|'t|'re| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
                    "It's  12 über!\n"),
            Texts({"It", "'s", " ", " 12", " über", "!", "\n"}));
}

TEST(Regex, ReadsOniguruma) {
  EXPECT_EQ(matches(R"(\h+)", "0fxG9"), Texts({"0f", "9"}));
  EXPECT_EQ(matches(R"(\p{N}{1,3}+)", "1234567"), Texts({"1234567"})); // no possessive there
  EXPECT_EQ(matches(R"((?:ab){2}+)", "ababab"), Texts({"abab"}));
  EXPECT_EQ(matches(R"(a{,2}b)", "aaab"), Texts({"aab"}));
  EXPECT_EQ(matches(R"(a{,}b)", "a{,}b"), Texts({"a{,}b"}));
  EXPECT_EQ(matches(R"((?m:a.b))", "a\nb"), Texts({"a\nb"}));
  EXPECT_EQ(matches(R"(a.b)", "a\nb"), Texts());
  EXPECT_EQ(matches(R"(^\w$)", "a\nb"), Texts({"a", "b"}));
  EXPECT_EQ(matches(R"(\u0041\Q)", "AQ"), Texts({"AQ"}));
  EXPECT_EQ(matches(R"(\p{Letter}\p{^L}\p{Han})", "a1漢"), Texts({"a1漢"}));
  EXPECT_EQ(matches(R"((?i:'S|'T))", "'s't"), Texts({"'s", "'t"}));
  EXPECT_EQ(matches(R"([]a])", "]a"), Texts({"]", "a"}));
}

// As Oniguruma finds them: folds from left to right, the longest first.
TEST(Regex, CaseFoldsOfSeveralCharacters) {
  EXPECT_EQ(matches("(?i)ß", "xSSẞßſs"), Texts({"SS", "ẞ", "ß", "ſs"}));
  EXPECT_EQ(matches("(?i)ssa", "xßA sßa"), Texts({"ßA", "ßa"}));
  EXPECT_EQ(matches("(?i)ss+", "xß SSS"), Texts({"SSS"}));
  EXPECT_EQ(matches("(?i:[ß]+)", "SSßx"), Texts({"SSß"}));
  EXPECT_EQ(matches("(?i:[^ß])", "Sß"), Texts({"S"}));
  EXPECT_EQ(matches("(?i)ffi", "ﬃ ﬀi fﬁ"), Texts({"ﬃ"}));
  EXPECT_EQ(matches("(?i)'st", "'ﬆ 'ﬅ 'ST"), Texts({"'ﬆ", "'ﬅ", "'ST"}));
  EXPECT_EQ(matches("(?i)\\u00df", "SS"), Texts({"SS"}));
  EXPECT_EQ(matches("(?i)ΐ", "\u1FD3 \u03B9\u0308\u0301"), Texts({"\u1FD3", "\u03B9\u0308\u0301"}));
  EXPECT_EQ(matches("ss(?i:(?<first>f))", "ß ssF"), Texts({"ssF"}));
  EXPECT_EQ(matches("(?i)(?<=(?:a))b(?<!(?:(?:ss)))", "AB"), Texts({"B"}));
  // Ruby's options hold up to the end of their group, over alternatives.
  EXPECT_EQ(matches("a(?i)b|c", "aB aC c"), Texts({"aB", "aC"}));
}

TEST(Regex, WhitespaceIsUnicodes) {
  EXPECT_EQ(matches(R"(\s+)", "a\u0085\u00A0\u3000\vb\u180Ec\u200Bd"),
            Texts({"\u0085\u00A0\u3000\v"}));
  EXPECT_EQ(matches(R"([\s]\S)", " \u180E"), Texts({" \u180E"}));
  EXPECT_EQ(matches(R"(\w+)", "a\u0301_٣-"), Texts({"a\u0301_٣"}));
  EXPECT_EQ(matches(R"(\w)", "½⅓"), Texts({"½"})); // Oniguruma's own idea
  EXPECT_EQ(matches(R"([\w])", "½a"), Texts({"a"}));
  EXPECT_EQ(matches(R"(\bb)", "a\u0301b b"), Texts({"b"}));
}

TEST(Regex, ComplementsInsideClasses) {
  EXPECT_EQ(matches(R"([^\W\d]+)", "a\u0301_1-b"), Texts({"a\u0301_", "b"}));
  EXPECT_EQ(matches(R"([^\W\S]|[^\S\n])", "a \n"), Texts({" "}));
  EXPECT_EQ(matches(R"([\W1]+)", "a-1b"), Texts({"-1"}));
  EXPECT_EQ(matches(R"([\H]{2})", "afgh"), Texts({"gh"}));
  EXPECT_EQ(matches(R"([[:punct:]x]+)", "a$.x"), Texts({"$.x"}));
  EXPECT_EQ(matches(R"([[:alpha:]]+)", "1é"), Texts({"é"}));
}

TEST(Regex, LeavesOutEmptyMatchesAfterMatches) {
  auto regex = Regex::compile("x*");
  ASSERT_TRUE(regex);
  std::vector<Span> spans;
  regex->find("axxé", spans);
  EXPECT_EQ(spans, std::vector<Span>({{0, 0}, {1, 3}, {5, 5}}));
}

TEST(Regex, InvalidBytesPartTheText) {
  EXPECT_EQ(matches(R"(\p{L}+|.)", "ab\xFF"
                                   "cd\xC3"),
            Texts({"ab", "cd"}));
  EXPECT_EQ(matches(R"(.)", "\xFF\xFE"), Texts());
}

TEST(Regex, SaysWhatItCannotRead) {
  for (const char *pattern : {"(", "a\\", "[a", "\\p{L", "\\p{Nonsense}", "(?<x", "a{2,1}"}) {
    auto regex = Regex::compile(pattern);
    ASSERT_FALSE(regex) << pattern;
    EXPECT_NE(regex.error().message.find("regular expression"), std::string::npos);
  }
  EXPECT_FALSE(Regex::compile(std::string(1 << 17, 'a')));
}

TEST(Regex, GivesUpOnExplosions) {
  EXPECT_EQ(matches(R"((a+)+$|b)", std::string(40, 'a') + "cb"), Texts());
}

TEST(Regex, LongRunsNeedNoStack) {
  const std::string text(1 << 20, 'a');
  EXPECT_EQ(matches(R"((?:a|b)+)", text), Texts({text}));
}

} // namespace
} // namespace weft::regex
