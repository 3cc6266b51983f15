#include "runtime/base/Utf8.h"
#include "tests/runtime/text/Fixtures.h"

#include <random>

namespace weft::text {
namespace {

class RoundTrip : public testing::TestWithParam<TokenizerJson (*)()> {
protected:
  void SetUp() override {
    tokenizer = make(GetParam()());
    ASSERT_TRUE(tokenizer);
    seed = std::random_device{}();
    random.seed(seed);
  }
  void check(const std::string &text) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Ids ids = tokenizer->encode(text);
    // One style writes a space as U+2581, so that the two come back as the same.
    std::string expected = text;
    if (GetParam() == llamaStyle)
      for (size_t at; (at = expected.find("\u2581")) != std::string::npos;)
        expected.replace(at, 3, " ");
    EXPECT_EQ(tokenizer->decodeBytes(ids).value(), expected);
    const std::string decoded = tokenizer->decode(ids).value();
    EXPECT_TRUE(isValidUtf8(decoded));
    if (isValidUtf8(text)) {
      EXPECT_EQ(decoded, expected);
    }
    EXPECT_EQ(stream(*tokenizer, ids), decoded);
    EXPECT_EQ(stream(*tokenizer, ids, false), tokenizer->decode(ids, false).value());
  }

  std::unique_ptr<Tokenizer> tokenizer;
  unsigned seed = 0;
  std::mt19937 random;
};

TEST_P(RoundTrip, AnyBytes) {
  for (int round = 0; round < 300; ++round) {
    std::string text(random() % 100, '\0');
    for (char &byte : text)
      byte = static_cast<char>(random());
    check(text);
  }
}

TEST_P(RoundTrip, AnyCharacters) {
  constexpr char32_t ends[] = {0x80, 0x100, 0x3000, 0x10000, 0x110000};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (size_t count = random() % 60; count > 0; --count) {
      char32_t code = static_cast<char32_t>(random() % ends[random() % std::size(ends)]);
      appendUtf8(text, code >= 0xD800 && code < 0xE000 ? U'a' : code);
    }
    check(text);
  }
}

TEST_P(RoundTrip, TheVocabularysOwnLetters) {
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (size_t count = random() % 200; count > 0; --count)
      text += "abc hello"[random() % 9];
    check(text);
  }
}

/// Streaming must agree for ids in any order, also ones that no encode() gives.
TEST_P(RoundTrip, AnyIdsStreamAsTheyDecode) {
  for (int round = 0; round < 300; ++round) {
    Ids ids(random() % 40);
    for (TokenId &id : ids)
      id = static_cast<TokenId>(random() % tokenizer->vocabularySize());
    SCOPED_TRACE("seed " + std::to_string(seed));
    const std::string decoded = tokenizer->decode(ids).value();
    EXPECT_TRUE(isValidUtf8(decoded));
    StreamDecoder decoder(*tokenizer);
    std::string text;
    for (TokenId id : ids) {
      const std::string piece = decoder.push(id).value();
      EXPECT_TRUE(isValidUtf8(piece));
      text += piece;
    }
    EXPECT_EQ(text + decoder.finish(), decoded);
  }
}

INSTANTIATE_TEST_SUITE_P(Styles, RoundTrip, testing::Values(llamaStyle, gptStyle),
                         [](const auto &info) {
                           return info.index ? "ByteLevel" : "ByteFallback";
                         });

TEST(WithoutByteTokens, InvalidBytesBecomeTheReplacementCharacter) {
  auto json = characters();
  json.addedTokens = R"([{"id": 100, "content": "\uFFFD", "special": false}])";
  EXPECT_EQ(make(json)->encode("a\xFF\xE2\x82"
                               "b"),
            Ids({1, 100, 100, 2}));
}

} // namespace
} // namespace weft::text
