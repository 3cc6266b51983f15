#include "runtime/base/Base64.h"
#include "runtime/text/formats/SentencePieceModel.h"
#include "runtime/text/formats/Tiktoken.h"
#include "tests/runtime/text/Fixtures.h"

#include <cmath>
#include <cstring>

namespace weft::text {
namespace {

TEST(Base64, ThereAndBack) {
  EXPECT_EQ(encodeBase64("foob"), "Zm9vYg==");
  EXPECT_EQ(decodeBase64("Zm9vYg=="), "foob");
  EXPECT_EQ(decodeBase64("Zm9vYg"), "foob");
  EXPECT_EQ(decodeBase64(""), "");
  for (const char *wrong : {"Z", "Zm9v!", "Zm9vY", "Z=m9", "Zm9v "})
    EXPECT_FALSE(decodeBase64(wrong)) << wrong;
}

/// The 256 bytes, then a few words.
std::string ranks() {
  std::string file;
  int rank = 0;
  auto add = [&](std::string_view token) {
    file += encodeBase64(token) + " " + std::to_string(rank++) + "\n";
  };
  for (int byte = 0; byte < 256; ++byte)
    add(std::string(1, static_cast<char>(byte)));
  for (const char *word : {"he", "ll", "hell", "hello", " hello", "aa"})
    add(word);
  return file;
}

TEST(Tiktoken, MergesByRank) {
  ASSERT_TRUE(looksLikeTiktoken(ranks()));
  auto json = tiktokenAsJson(ranks(), "cl100k_base");
  ASSERT_TRUE(json) << json.error().message;
  auto tokenizer = Tokenizer::fromJson(*json);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->encode("hello hello<|endoftext|>aaa\xFF"),
            Ids({259, 260, 100257, 261, 'a', 255}));
  EXPECT_EQ((*tokenizer)->decodeBytes(Ids{259, 260, 255}).value(), "hello hello\xFF");
}

TEST(Tiktoken, SaysWhatIsWrong) {
  auto error = [](std::string_view file, std::string_view name = "gpt2") {
    auto json = tiktokenAsJson(file, name);
    EXPECT_FALSE(json);
    return json ? "" : json.error().message;
  };
  EXPECT_EQ(error("YQ== 0\nYQ== 1\n"), "line 2: the token appears twice");
  EXPECT_EQ(error("YQ== 0\nnonsense\n"),
            "line 2: expected a token in Base64 and its rank, found 'nonsense'");
  for (const char *wrong : {"YQ== -1", "YQ== 99999999999", "YQ== 1x", "! 0", " 0", "YQ== "})
    EXPECT_NE(error(wrong).find("line 1: expected"), std::string::npos) << wrong;
  EXPECT_EQ(error("YQ== 0", "mine").substr(0, 79),
            "a tiktoken vocabulary named 'mine', for which no pattern is known; expected one");
  EXPECT_FALSE(looksLikeTiktoken("\x0A\x0E"));
  // Cut short, or empty: encoding would drop what is not there.
  const std::string cut = ranks().substr(0, ranks().find(" 200\n") + 5);
  EXPECT_EQ(error(cut), "expected a token for each byte, found none for 0xc9 among 201; the file "
                        "may be cut short");
  EXPECT_EQ(error("").substr(0, 56), "expected a token for each byte, found none for 0x00 amon");
}

// The wire format of protobuf, as much as a model needs.
std::string number(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7)
    bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string varint(uint32_t field, uint64_t value) { return number(field << 3) + number(value); }
std::string delimited(uint32_t field, std::string_view bytes) {
  return number(field << 3 | 2) + number(bytes.size()) + std::string(bytes);
}
std::string piece(std::string_view text, float score, int type = 1) {
  std::string bits(sizeof(score), '\0');
  std::memcpy(bits.data(), &score, sizeof(score));
  return delimited(1, delimited(1, text) + number(2 << 3 | 5) + bits + varint(3, type));
}

std::string model(int type, std::string_view more = "") {
  return piece("<unk>", 0, 2) + piece("<s>", 0, 3) + piece("▁", -3) + piece("a", -2) +
         piece("b", -2.5f) + piece("▁a", -1) + piece("ab", -1) + piece("▁ab", -4) +
         delimited(2, varint(3, type)) + std::string(more);
}

std::unique_ptr<Tokenizer> open(const std::string &file) {
  auto json = sentencePieceAsJson(file);
  auto tokenizer = json ? Tokenizer::fromJson(*json) : tl::unexpected(json.error());
  if (tokenizer)
    return std::move(*tokenizer);
  ADD_FAILURE() << tokenizer.error().message;
  return nullptr;
}

TEST(SentencePiece, Unigram) {
  auto tokenizer = open(model(1));
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->encode("ab"), Ids({5, 4})); // -3.5 before -4
  EXPECT_EQ(tokenizer->encode("  ab   a "), Ids({5, 4, 5}));
  EXPECT_EQ(tokenizer->encode("axx<s>"), Ids({5, 0, 1}));
  EXPECT_EQ(tokenizer->decode(Ids{5, 4, 5}).value(), "ab a");
}

TEST(SentencePiece, Bpe) {
  auto tokenizer = open(model(2));
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->encode("ab"), Ids({7})); // merges go on where Unigram stops at ▁a b
  EXPECT_EQ(tokenizer->encode("aab"), Ids({5, 6}));
  EXPECT_EQ(tokenizer->encode("bab"), Ids({2, 4, 6}));
  // No dummy prefix, and white space as it is.
  auto plain = open(model(2, delimited(3, varint(3, 0) + varint(4, 0))));
  EXPECT_EQ(plain->encode(" a  b"), Ids({5, 2, 2, 4}));
}

TEST(SentencePiece, SaysWhatIsWrong) {
  auto error = [](const std::string &file) {
    auto json = sentencePieceAsJson(file);
    EXPECT_FALSE(json);
    return json ? "" : json.error().message;
  };
  EXPECT_EQ(error(model(3)), "the model is of type WORD; expected UNIGRAM or BPE");
  EXPECT_EQ(error(""), "expected a SentencePiece model, found no piece");
  EXPECT_EQ(error(piece("", 0)), "piece 0: expected a text in UTF-8, found ''");
  EXPECT_EQ(error(piece("a", NAN)), "piece 0: expected a finite score");
  EXPECT_EQ(error(piece("a", 0, 9)), "piece 0: a piece is of type 9, expected 1 to 6");
  EXPECT_EQ(error(piece("a", 0)), "expected a piece of type UNKNOWN, found none");
  EXPECT_EQ(error(piece("a", 0) + piece("a", 0) + delimited(2, varint(3, 2))),
            "two pieces have the same text");
  const std::string whole = model(1);
  for (size_t size = 0; size < whole.size(); ++size)
    if (auto json = sentencePieceAsJson(whole.substr(0, size)); !json)
      EXPECT_EQ(json.error().message.find('\n'), std::string::npos);
}

} // namespace
} // namespace weft::text
