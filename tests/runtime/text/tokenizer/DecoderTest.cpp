#include "tests/runtime/text/Fixtures.h"

namespace weft::text {
namespace {

/// Decodes tokens given by their text through `decoder`; fails if streaming gives another text.
std::string decode(const std::string &decoder, const std::vector<std::string> &tokens) {
  std::string vocab;
  Ids ids;
  for (const std::string &token : tokens) {
    auto known = std::find(tokens.begin(), tokens.end(), token) - tokens.begin();
    if (known == static_cast<std::ptrdiff_t>(ids.size()))
      vocab += (vocab.empty() ? "\"" : ", \"") + token + "\": " + std::to_string(known);
    ids.push_back(static_cast<TokenId>(known));
  }
  TokenizerJson json;
  json.model = R"({"type": "BPE", "merges": [], "vocab": {)" + vocab + "}}";
  json.decoder = decoder;
  auto tokenizer = make(json);
  std::string text = tokenizer->decode(ids).value();
  EXPECT_EQ(stream(*tokenizer, ids), text);
  return text;
}

std::string sequence(const std::string &parts) {
  return R"({"type": "Sequence", "decoders": [)" + parts + "]}";
}
const std::string fuse = R"({"type": "Fuse"})", byteLevel = R"({"type": "ByteLevel"})",
                  byteFallback = R"({"type": "ByteFallback"})";
std::string strip(int start, int stop) {
  return R"({"type": "Strip", "content": "a", "start": )" + std::to_string(start) +
         R"(, "stop": )" + std::to_string(stop) + "}";
}
std::string replace(const std::string &pattern, const std::string &content) {
  return R"({"type": "Replace", "pattern": {)" + pattern + R"(}, "content": ")" + content + "\"}";
}

TEST(Decoder, ByteLevel) {
  EXPECT_EQ(decode(byteLevel, {"Ġhello", "Ċ"}), " hello\n");
  EXPECT_EQ(decode(byteLevel, {"Ã", "©"}), "é");
  EXPECT_EQ(decode(byteLevel, {"ð", "Ł", "ĺ", "Ģ", "x"}), "😀x");
  EXPECT_EQ(decode(byteLevel, {"a", "ð", "Ł", "x"}), "a\uFFFDx");
  EXPECT_EQ(decode(byteLevel, {"a", "ð", "Ł"}), "a\uFFFD");
  EXPECT_EQ(decode(byteLevel, {"漢 字", "Ġ"}), "漢 字 "); // not of the byte alphabet: as it is
}

TEST(Decoder, ByteFallback) {
  EXPECT_EQ(decode(byteFallback, {"a", "<0xC3>", "<0xA9>", "b"}), "aéb");
  EXPECT_EQ(decode(byteFallback, {"<0xC3>", "<0xA9>", "<0xC3>", "b"}), "\uFFFD\uFFFD\uFFFDb");
  EXPECT_EQ(decode(byteFallback, {"<0xe2>", "<0x82>"}), "\uFFFD\uFFFD");
  EXPECT_EQ(decode(byteFallback, {"<0xG0>", "<0x1>", "<0x011>"}), "<0xG0><0x1><0x011>");
}

TEST(Decoder, StripPerTokenOrOnce) {
  EXPECT_EQ(decode(strip(1, 0), {"aab", "ab", "b"}), "abbb");
  EXPECT_EQ(decode(sequence(fuse + "," + strip(1, 0)), {"a", "ab", "a"}), "aba");
  EXPECT_EQ(decode(sequence(fuse + "," + strip(2, 0)), {"a", "ab", "a"}), "ba");
  EXPECT_EQ(decode(sequence(fuse + "," + strip(0, 2)), {"ba", "a", "aca", "aa", "a"}), "baaacaa");
  EXPECT_EQ(decode(sequence(fuse + "," + strip(3, 3)), {"a", "aa"}), "");
  EXPECT_EQ(decode(sequence(fuse + "," + strip(1, 1)), {"a", "aa", "ba", "a"}), "aaba");
}

TEST(Decoder, Replace) {
  EXPECT_EQ(decode(replace(R"("String": "▁")", " "), {"▁a▁", "b"}), " a b");
  EXPECT_EQ(decode(replace(R"("String": "ab")", "X"), {"a", "b", "cab"}), "abcX");
  EXPECT_EQ(
      decode(sequence(fuse + "," + replace(R"("String": "aab")", "X")), {"aa", "ab", "a", "a"}),
      "aXaa");
  EXPECT_EQ(decode(replace(R"("Regex": "[aeiou]+")", "*"), {"hello", "aeb"}), "h*ll**b");
}

TEST(Decoder, Metaspace) {
  const std::string options = R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": )";
  EXPECT_EQ(decode(options + "\"always\"}", {"▁a▁", "▁b"}), "a b");
  EXPECT_EQ(decode(options + "\"never\"}", {"▁a▁", "▁b"}), " a  b");
}

TEST(StreamDecoder, GivesEachPieceAsSoonAsItIsCertain) {
  auto tokenizer = make(llamaStyle());
  StreamDecoder decoder(*tokenizer);
  EXPECT_EQ(decoder.push(1).value(), "");     // <s>
  EXPECT_EQ(decoder.push(265).value(), "ab"); // the space at the very beginning goes
  EXPECT_EQ(decoder.push(263).value(), " a");
  EXPECT_EQ(decoder.push(3 + 0xC3).value(), "");
  EXPECT_EQ(decoder.push(3 + 0xA9).value(), "");
  EXPECT_EQ(decoder.push(262).value(), "éc");
  EXPECT_EQ(decoder.push(3 + 0xC3).value(), "");
  EXPECT_EQ(decoder.finish(), "\uFFFD");
  EXPECT_EQ(decoder.push(263).value(), "a"); // a new text
}

TEST(StreamDecoder, ForksGoOnApart) {
  auto tokenizer = make(llamaStyle());
  StreamDecoder decoder(*tokenizer);
  EXPECT_EQ(decoder.push(265).value(), "ab");
  EXPECT_EQ(decoder.push(3 + 0xC3).value(), "");
  StreamDecoder fork = decoder.fork();
  EXPECT_EQ(fork.push(3 + 0xA9).value(), "");
  EXPECT_EQ(fork.push(262).value(), "éc");
  EXPECT_EQ(decoder.finish(), "\uFFFD");
}

TEST(StreamDecoder, ByteLevelCharactersComeWhole) {
  auto tokenizer = make(gptStyle());
  StreamDecoder decoder(*tokenizer);
  Ids ids = tokenizer->encode("é");
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_EQ(decoder.push(ids[0]).value(), "");
  EXPECT_EQ(decoder.push(ids[1]).value(), "é");
  EXPECT_EQ(decoder.push(ids[0]).value(), "");
  EXPECT_EQ(decoder.push(259).value(), "\uFFFDhello");
  EXPECT_EQ(decoder.finish(), "");
}

} // namespace
} // namespace weft::text
