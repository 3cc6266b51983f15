#include "runtime/base/Utf8.h"

#include <gtest/gtest.h>

namespace weft::text {
namespace {

TEST(Utf8, RepairsAsRustsLossyConversion) {
  EXPECT_EQ(repairUtf8("plain é漢😀"), "plain é漢😀");
  EXPECT_EQ(repairUtf8("a\xFF"
                       "b"),
            "a\uFFFDb");
  EXPECT_EQ(repairUtf8("\xE2\x82"), "\uFFFD"); // one for a maximal subpart
  EXPECT_EQ(repairUtf8("\xE2\x82"
                       "a"),
            "\uFFFDa");
  EXPECT_EQ(repairUtf8("\xC0\x80"), "\uFFFD\uFFFD");                     // overlong
  EXPECT_EQ(repairUtf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");           // a surrogate
  EXPECT_EQ(repairUtf8("\xF4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD"); // above U+10FFFF
  EXPECT_EQ(repairUtf8("\xF0\x9F\x98"), "\uFFFD");
}

TEST(Utf8, EveryCharacterReadsBack) {
  for (char32_t code = 0; code < 0x110000; ++code) {
    if (code >= 0xD800 && code < 0xE000)
      continue;
    std::string text;
    appendUtf8(text, code);
    Utf8Char c = charAt(text, 0);
    ASSERT_EQ(c.kind, Utf8Char::Kind::Valid);
    ASSERT_EQ(c.code, code);
    ASSERT_EQ(c.length, text.size());
  }
}

TEST(Utf8, AgreesWithSimdjsonOnValidity) {
  // Every two-byte lead with every continuation, and every three- and four-byte boundary.
  for (int lead = 0; lead < 256; ++lead)
    for (int second = 0; second < 256; ++second)
      for (const char *rest : {"", "\x80", "\x80\x80", "\xBF\xBF"}) {
        std::string text{static_cast<char>(lead), static_cast<char>(second)};
        text += rest;
        ASSERT_EQ(validPrefix(text) == text.size(), isValidUtf8(text)) << lead << " " << second;
      }
}

} // namespace
} // namespace weft::text
