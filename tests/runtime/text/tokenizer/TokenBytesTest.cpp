#include "runtime/text/tokenizer/decode/TokenBytes.h"
#include "tests/runtime/text/Fixtures.h"

namespace weft::text {
namespace {

TEST(TokenBytes, ByteLevel) {
  auto tokenizer = make(gptStyle());
  const auto bytes = tokenBytes(*tokenizer);
  ASSERT_EQ(bytes.size(), 262u);
  EXPECT_EQ(bytes[size_t(tokenizer->id("Ġhello"))], " hello");
  EXPECT_EQ(bytes[size_t(tokenizer->id("Ã"))], "\xC3");
  EXPECT_EQ(bytes[size_t(tokenizer->id("Ċ"))], "\n");
  EXPECT_EQ(bytes[261], "");
}

TEST(TokenBytes, ByteFallbackAndMetaspace) {
  auto tokenizer = make(llamaStyle());
  const auto bytes = tokenBytes(*tokenizer);
  EXPECT_EQ(bytes[1], "");
  EXPECT_EQ(bytes[3 + 0xE2], "\xE2");
  EXPECT_EQ(bytes[3], std::string(1, '\0'));
  EXPECT_EQ(bytes[263], " a");
  EXPECT_EQ(bytes[266], "  ");
}

TEST(TokenBytes, OfOneToken) {
  for (const TokenizerJson &json : {gptStyle(), llamaStyle(), characters()}) {
    auto tokenizer = make(json);
    const TokenBytes one(*tokenizer);
    const auto all = tokenBytes(*tokenizer);
    for (size_t id = 0; id < all.size(); ++id)
      EXPECT_EQ(one.of(TokenId(id)), all[id]) << id;
    EXPECT_EQ(one.of(-1), "");
    EXPECT_EQ(one.of(TokenId(all.size())), "");
  }
}

TEST(TokenBytes, OfSpecialTokens) {
  auto tokenizer = make(llamaStyle());
  const TokenBytes bytes(*tokenizer);
  EXPECT_EQ(bytes.of(1), "");
  EXPECT_EQ(bytes.of(1, false), "<s>");
}

TEST(TokenBytes, JoinedAreTheText) {
  for (const TokenizerJson &json : {gptStyle(), llamaStyle(), characters()}) {
    auto tokenizer = make(json);
    const auto bytes = tokenBytes(*tokenizer);
    const Ids ids = tokenizer->encode("a hello  b\xC3\xA9 ab.", false);
    std::string joined;
    for (TokenId id : ids)
      joined += bytes[size_t(id)];
    const std::string whole = tokenizer->decodeBytes(ids).value();
    EXPECT_TRUE(joined == whole || joined == " " + whole) << joined;
  }
}

} // namespace
} // namespace weft::text
