#include "tests/runtime/text/Fixtures.h"

namespace weft::text {
namespace {

TokenizerJson withModel(std::string model) {
  TokenizerJson json;
  json.model = std::move(model);
  return json;
}

TEST(WordPiece, TakesTheLongestThatFits) {
  auto json =
      withModel(R"({"type": "WordPiece", "unk_token": "[UNK]", "max_input_chars_per_word": 8,
    "continuing_subword_prefix": "##", "vocab": {"[UNK]": 0, "un": 1, "##aff": 2, "##able": 3,
    "##a": 4, "una": 5, "##ff": 6, "##": 7}})");
  json.preTokenizer = R"({"type": "WhitespaceSplit"})";
  json.decoder = R"({"type": "WordPiece", "prefix": "##", "cleanup": false})";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("unaff"), Ids({5, 6}));
  EXPECT_EQ(tokenizer->encode("unable"), Ids({0})); // greedy: una, then nothing has ble
  EXPECT_EQ(tokenizer->encode("un una unaffaff"), Ids({1, 5, 5, 6, 2}));
  EXPECT_EQ(tokenizer->encode("unaaaaaa unaaaaaaa"), Ids({5, 4, 4, 4, 4, 4, 0}));
  EXPECT_EQ(tokenizer->decode(Ids{5, 6, 1}).value(), "unaff un");
}

TEST(Unigram, TakesTheLikeliestPath) {
  auto json = withModel(R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -3],
    ["b", -3], ["ab", -4], ["bc", -1], ["c", -5], ["abc", -6]]})");
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("ab"), Ids({3}));
  EXPECT_EQ(tokenizer->encode("abc"), Ids({1, 4})); // -4 before -6 and -9
  EXPECT_EQ(tokenizer->encode("axyb"), Ids({1, 0, 2}));
  EXPECT_TRUE(tokenizer->encode("").empty());
}

TEST(Unigram, SpellsTheUnknownInBytes) {
  auto json = withModel(R"({"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [
    ["<unk>", 0], ["a", -1], ["<0xC3>", 0], ["<0xA9>", 0]]})");
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("aé"), Ids({1, 2, 3}));
  EXPECT_EQ(tokenizer->encode("aü"), Ids({1, 0}));
}

TEST(Unigram, LeavesTheUnknownOutWhereNoTokenStandsForIt) {
  auto json = withModel(R"({"type": "Unigram", "unk_id": null, "vocab": [["a", -1], ["b", -2]]})");
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("axyb"), Ids({0, 1}));
  EXPECT_TRUE(tokenizer->encode("xy").empty());
}

TEST(WordLevel, HasATokenOrNot) {
  auto json =
      withModel(R"({"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "to": 1, "be": 2}})");
  json.preTokenizer = R"({"type": "Whitespace"})";
  EXPECT_EQ(make(json)->encode("to be, or"), Ids({1, 2, 0, 0}));
}

TEST(Bpe, EqualRanksMergeFromTheLeft) {
  auto json = withModel(R"({"type": "BPE", "token_ranks": [5, 5, 0, 0, 1],
    "vocab": {"a": 0, "b": 1, "ab": 2, "ba": 3, "aba": 4}})");
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("bab"), Ids({3, 1}));
  EXPECT_EQ(tokenizer->encode("aba"), Ids({4}));
  json.model = R"({"type": "BPE", "token_ranks": [5, -1, 0], "vocab": {"a": 0, "b": 1, "ab": 2}})";
  EXPECT_EQ(make(json)->encode("ab"), Ids({0, 1}));
}

TEST(Models, SayWhatIsWrong) {
  auto error = [](std::string model) { return errorOf(withModel(std::move(model)).text()); };
  EXPECT_EQ(error(R"({"type": "Unigram", "unk_id": 1, "vocab": [["a", 0]]})"),
            "tokenizer.json: model.unk_id: expected one of 1 tokens, found 1");
  EXPECT_EQ(error(R"({"type": "Unigram", "vocab": []})"),
            "tokenizer.json: model.vocab: expected tokens, found none");
  EXPECT_EQ(error(R"({"type": "Unigram", "unk_id": 0, "vocab": [["a", 0], ["a", 1]]})"),
            "tokenizer.json: model.vocab: token 'a' appears twice");
  EXPECT_EQ(error(R"({"type": "Unigram", "unk_id": 0, "vocab": [["a"]]})"),
            "tokenizer.json: model.vocab[0]: expected [\"token\", score]");
  EXPECT_EQ(error(R"({"type": "WordLevel", "vocab": {"a": 0}})"),
            "tokenizer.json: model.unk_token: '<unk>' is not in the vocabulary");
  EXPECT_EQ(error(R"({"type": "WordPiece", "vocab": {"a": 0}})"),
            "tokenizer.json: model.unk_token: '[UNK]' is not in the vocabulary");
  EXPECT_EQ(error(R"({"type": "BPE", "vocab": {"a": 0}, "token_ranks": "no"})"),
            "tokenizer.json: model.token_ranks: expected \"ids\" or a list, found 'no'");
}

TEST(Models, AreLinearInOneLongWord) {
  const std::string word(1 << 20, 'a');
  auto unigram = make(withModel(
      R"({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0], ["a", -3], ["aa", -4]]})"));
  EXPECT_EQ(unigram->encode(word).size(), word.size() / 2);
  auto ranks =
      make(withModel(R"({"type": "BPE", "token_ranks": "ids", "vocab": {"a": 0, "aa": 1}})"));
  EXPECT_EQ(ranks->encode(word).size(), word.size() / 2);
}

} // namespace
} // namespace weft::text
