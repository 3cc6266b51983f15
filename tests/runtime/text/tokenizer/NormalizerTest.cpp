#include "runtime/text/tokenizer/normalize/Normalizer.h"
#include "runtime/text/unicode/Unicode.h"

#include <gtest/gtest.h>

namespace weft::text {
namespace {

std::string normalize(std::string_view json, std::string text) {
  simdjson::dom::parser parser;
  JsonValue value;
  if (parser.parse(json.data(), json.size()).get(value))
    return "not JSON";
  auto normalizer = makeNormalizer(value, "normalizer");
  if (!normalizer)
    return normalizer.error().message;
  (*normalizer)->normalize(text);
  return text;
}

TEST(Normalizer, UnicodeForms) {
  EXPECT_EQ(normalize(R"({"type": "NFC"})", "e\u0301 \uFB01 \u212B"), "\u00E9 \uFB01 \u00C5");
  EXPECT_EQ(normalize(R"({"type": "NFD"})", "\u00E9 \uD55C"), "e\u0301 \u1112\u1161\u11AB");
  EXPECT_EQ(normalize(R"({"type": "NFKC"})", "\uFB01 ｶﾞ ½"), "fi ガ 1\u20442");
  EXPECT_EQ(normalize(R"({"type": "NFKD"})", "\uFB01é"), "fie\u0301");
  EXPECT_EQ(normalize(R"({"type": "NFD"})", "a\u0301\u0323"), "a\u0323\u0301"); // ordered by class
}

TEST(Normalizer, KeepsBytesThatAreNoUtf8) {
  for (const char *type : {"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Strip"})
    EXPECT_EQ(normalize(std::string(R"({"type": ")") + type + "\"}", "\xFF"
                                                                     "a\xC3"),
              "\xFF"
              "a\xC3");
  EXPECT_EQ(normalize(R"({"type": "Replace", "pattern": {"Regex": "a"}, "content": "b"})", "\xFF"
                                                                                           "a\xC3"),
            "\xFF"
            "b\xC3");
}

TEST(Normalizer, LongRunsOfMarksTakeNoTime) {
  std::string text = "a";
  for (int i = 0; i < 200000; ++i)
    text += i % 2 ? "\u0301" : "\u0323";
  EXPECT_EQ(unicode::normalForm(text, {.compatibility = false, .compose = false}).size(),
            text.size());
}

TEST(Normalizer, LowercaseAndStrip) {
  EXPECT_EQ(normalize(R"({"type": "Lowercase"})", "ÀΣİSS"), "àσi\u0307ss");
  EXPECT_EQ(normalize(R"({"type": "Strip", "strip_left": true})", "\u3000 a \t"), "a \t");
  EXPECT_EQ(normalize(R"({"type": "Strip", "strip_right": true})", " a \t"), " a");
  EXPECT_EQ(normalize(R"({"type": "Strip", "strip_left": true, "strip_right": true})", "  "), "");
}

TEST(Normalizer, ReplaceAndPrepend) {
  EXPECT_EQ(
      normalize(R"({"type": "Replace", "pattern": {"String": "aa"}, "content": "b"})", "aaaaa"),
      "bba");
  EXPECT_EQ(
      normalize(R"({"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "})", "a \n\tb"),
      "a b");
  EXPECT_EQ(normalize(R"({"type": "Prepend", "prepend": "_"})", "a"), "_a");
  EXPECT_EQ(normalize(R"({"type": "Prepend", "prepend": "_"})", ""), "");
  EXPECT_EQ(normalize(R"({"type": "ByteLevel"})", "a é"), "aĠÃ©");
  EXPECT_EQ(normalize(R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "A"},
                          {"type": "Lowercase"}]})",
                      "B"),
            "ab");
}

TEST(Normalizer, SaysWhatIsWrong) {
  EXPECT_EQ(normalize(R"({"type": "Shout"})", ""),
            "normalizer: type 'Shout' is not supported; supported are Sequence, Prepend, Replace, "
            "NFC, NFD, NFKC, NFKD, Lowercase, Strip, ByteLevel, BertNormalizer, StripAccents, Nmt, "
            "Precompiled");
  EXPECT_EQ(
      normalize(R"({"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": 3}]})", ""),
      "normalizer.normalizers[0].prepend: expected a string, found a number");
  EXPECT_EQ(normalize(R"({"type": "Replace", "pattern": "x", "content": ""})", ""),
            "normalizer.pattern: expected an object, found a string");
}

} // namespace
} // namespace weft::text
