#include "runtime/text/tokenizer/split/PreTokenizer.h"

#include <gtest/gtest.h>

namespace weft::text {
namespace {

/// The pieces of `text`, with a bar between.
std::string pieces(std::string_view json, std::string_view text, bool startsInput = true) {
  simdjson::dom::parser parser;
  JsonValue value;
  if (parser.parse(json.data(), json.size()).get(value))
    return "not JSON";
  auto preTokenizer = makePreTokenizer(value, "pre_tokenizer");
  if (!preTokenizer)
    return preTokenizer.error().message;
  Pieces parts;
  parts.addText(text, startsInput);
  (*preTokenizer)->apply(parts);
  std::string joined;
  for (const Piece &piece : parts.all())
    joined += (joined.empty() ? "" : "|") + std::string(parts.textOf(piece));
  return joined;
}

std::string split(const char *behavior, const char *invert = "false",
                  const char *text = "a-b--c-") {
  return pieces(std::string(R"({"type": "Split", "pattern": {"String": "-"}, "behavior": ")") +
                    behavior + R"(", "invert": )" + invert + "}",
                text);
}

TEST(PreTokenizer, SplitBehaviors) {
  EXPECT_EQ(split("Removed"), "a|b|c");
  EXPECT_EQ(split("Isolated"), "a|-|b|-|-|c|-");
  EXPECT_EQ(split("MergedWithPrevious"), "a-|b-|-|c-");
  EXPECT_EQ(split("MergedWithNext"), "a|-b|-|-c|-");
  EXPECT_EQ(split("Contiguous"), "a|-|b|--|c|-");
  EXPECT_EQ(split("Removed", "true"), "-|-|-|-");
  EXPECT_EQ(split("MergedWithPrevious", "true"), "a|-b|-|-c|-");
  EXPECT_EQ(split("Contiguous", "false", "--a"), "--|a");
  EXPECT_EQ(split("Sideways"),
            "pre_tokenizer.behavior: 'Sideways' is not supported; supported are Removed, "
            "Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
}

TEST(PreTokenizer, SplitByRegex) {
  EXPECT_EQ(pieces(R"({"type": "Split", "pattern": {"Regex":
      "(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|\\s+(?!\\S)|\\s+"},
      "behavior": "Isolated", "invert": false})",
                   "It'S 12345  ok"),
            "It|'S| |123|45| | ok");
}

TEST(PreTokenizer, ByteLevel) {
  EXPECT_EQ(pieces(R"({"type": "ByteLevel", "add_prefix_space": true})", "a é\n"), "Ġa|ĠÃ©|Ċ");
  EXPECT_EQ(pieces(R"({"type": "ByteLevel", "add_prefix_space": true})", " a"), "Ġa");
  EXPECT_EQ(
      pieces(R"({"type": "ByteLevel", "add_prefix_space": false, "use_regex": false})", "a b"),
      "aĠb");
  EXPECT_EQ(pieces(R"({"type": "ByteLevel", "add_prefix_space": false})", "a\xFF"
                                                                          "b"),
            "a|ÿ|b");
}

TEST(PreTokenizer, Metaspace) {
  auto metaspace = [](const char *options, const char *text, bool starts = true) {
    return pieces(std::string(R"({"type": "Metaspace", "replacement": "▁", )") + options + "}",
                  text, starts);
  };
  EXPECT_EQ(metaspace(R"("prepend_scheme": "always")", "a  b"), "▁a|▁|▁b");
  EXPECT_EQ(metaspace(R"("prepend_scheme": "always")", " a"), "▁a");
  EXPECT_EQ(metaspace(R"("prepend_scheme": "first")", "a"), "▁a");
  EXPECT_EQ(metaspace(R"("prepend_scheme": "first")", "a", false), "a");
  EXPECT_EQ(metaspace(R"("prepend_scheme": "never", "split": false)", "a b"), "a▁b");
  EXPECT_EQ(metaspace(R"("add_prefix_space": false)", "a b"), "a|▁b");
  EXPECT_EQ(metaspace(R"("add_prefix_space": true)", "a b"), "▁a|▁b");
  EXPECT_EQ(metaspace(R"("add_prefix_space": false, "prepend_scheme": "first")", ""),
            "pre_tokenizer.add_prefix_space: false contradicts prepend_scheme 'first'");
}

TEST(PreTokenizer, CharacterClasses) {
  EXPECT_EQ(pieces(R"({"type": "Digits", "individual_digits": true})", "a12½"), "a|1|2|½");
  EXPECT_EQ(pieces(R"({"type": "Digits", "individual_digits": false})", "a12½b"), "a|12½|b");
  EXPECT_EQ(pieces(R"({"type": "Punctuation"})", "a.b$«c"), "a|.|b|$|«|c");
  EXPECT_EQ(pieces(R"({"type": "WhitespaceSplit"})", " a\u3000b.\n"), "a|b.");
  EXPECT_EQ(pieces(R"({"type": "Whitespace"})", "a_é1 ++b\u0301-c"), "a_é1|++|b\u0301|-|c");
}

TEST(PreTokenizer, Sequence) {
  EXPECT_EQ(pieces(R"({"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"},
                       {"type": "Digits", "individual_digits": true},
                       {"type": "Metaspace", "replacement": "_", "prepend_scheme": "first"}]})",
                   "a1 b"),
            "_a|1|b");
}

} // namespace
} // namespace weft::text
