#include "tests/Shared.h"
#include "tests/runtime/text/Fixtures.h"

#include <fstream>
#include <simdjson.h>
#include <sstream>
#include <thread>

namespace weft::text {
namespace {

std::string read(const std::filesystem::path &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Tokenizer, EncodesStories260K) {
  auto path = test::sharedPath("models/stories260K/hf/tokenizer.json");
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not here; set WEFT_SHARED";
  auto tokenizer = Tokenizer::fromJson(read(path));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->encode("Once upon a time"), Ids({1, 403, 407, 261, 378}));
  EXPECT_EQ((*tokenizer)->vocabularySize(), 512u);
  EXPECT_EQ((*tokenizer)->decode(Ids{1, 403, 407, 261, 378}).value(), "Once upon a time");
}

/// Compares with what Hugging Face says; see golden/README.md.
void compareWithGolden(const Tokenizer &tokenizer, const std::string &name) {
  const std::string golden =
      read(std::filesystem::path(WEFT_SOURCE_DIR) / "tests/runtime/text/golden" / name);
  simdjson::dom::parser parser;
  simdjson::dom::array cases;
  ASSERT_FALSE(parser.parse(golden).get(cases)) << name;
  for (simdjson::dom::element entry : cases) {
    const std::string_view text = entry["text"].get_string().value_unsafe();
    Ids expected;
    const simdjson::dom::array ids = entry["ids"].get_array().value_unsafe();
    for (simdjson::dom::element id : ids)
      expected.push_back(static_cast<TokenId>(id.get_int64().value_unsafe()));
    EXPECT_EQ(tokenizer.encode(text), expected) << text;
    const std::string_view decoded = entry["decoded"].get_string().value_unsafe();
    EXPECT_EQ(tokenizer.decode(expected).value(), decoded);
    EXPECT_EQ(stream(tokenizer, expected), decoded);
  }
}

TEST(Tokenizer, AgreesWithHuggingFaceOnStories260K) {
  auto path = test::sharedPath("models/stories260K/hf/tokenizer.json");
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not here; set WEFT_SHARED";
  auto tokenizer = Tokenizer::fromJson(read(path));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  compareWithGolden(**tokenizer, "stories260K.ids.json");
}

TEST(Tokenizer, AgreesWithHuggingFaceOnAByteLevelTokenizer) {
  auto tokenizer = Tokenizer::fromJson(
      read(std::filesystem::path(WEFT_SOURCE_DIR) / "tests/runtime/text/golden/byte_level.json"));
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  compareWithGolden(**tokenizer, "byte_level.ids.json");
}

TEST(Tokenizer, ByteLevel) {
  auto tokenizer = make(gptStyle());
  EXPECT_EQ(tokenizer->encode("hello hello"), Ids({259, 260}));
  EXPECT_EQ(tokenizer->encode("hell"), Ids({258}));
  EXPECT_EQ(tokenizer->encode("hello<|end|> hello"), Ids({259, 261, 260}));
  EXPECT_EQ(tokenizer->decode(Ids{259, 261, 260}).value(), "hello hello");
  EXPECT_EQ(tokenizer->decode(Ids{259, 261, 260}, false).value(), "hello<|end|> hello");
  EXPECT_TRUE(tokenizer->encode("").empty());
}

TEST(Tokenizer, SentencePieceStyle) {
  auto tokenizer = make(llamaStyle());
  EXPECT_EQ(tokenizer->encode("ab a"), Ids({1, 265, 263}));
  EXPECT_EQ(tokenizer->encode("ab a", false), Ids({265, 263}));
  // Each text between special tokens is prepended to.
  EXPECT_EQ(tokenizer->encode("ab</s>c"), Ids({1, 265, 2, 259, 262}));
  // U+00E9 has no token: its bytes have.
  EXPECT_EQ(tokenizer->encode("é"), Ids({1, 259, 3 + 0xC3, 3 + 0xA9}));
  EXPECT_EQ(tokenizer->encode(""), Ids({1}));
  EXPECT_EQ(tokenizer->decode(Ids{1, 265, 263}).value(), "ab a");
  EXPECT_EQ(tokenizer->decode(Ids{1, 265, 263}, false).value(), "<s> ab a");
}

TEST(Tokenizer, KnowsItsTokens) {
  auto tokenizer = make(gptStyle());
  EXPECT_EQ(tokenizer->vocabularySize(), 262u);
  EXPECT_EQ(tokenizer->token(260), "Ġhello");
  EXPECT_EQ(tokenizer->id("Ġhello"), 260);
  EXPECT_EQ(tokenizer->id("<|end|>"), 261);
  EXPECT_EQ(tokenizer->id("goodbye"), -1);
  EXPECT_EQ(tokenizer->token(262), "");
  EXPECT_EQ(tokenizer->token(-1), "");
  EXPECT_TRUE(tokenizer->isSpecial(261));
  EXPECT_FALSE(tokenizer->isSpecial(260));
  EXPECT_FALSE(tokenizer->isSpecial(-5));
}

TEST(Tokenizer, RefusesIdsOutsideTheVocabulary) {
  auto tokenizer = make(gptStyle());
  EXPECT_EQ(tokenizer->decode(Ids{262}).error().message,
            "token id 262 is outside the vocabulary of 262");
  EXPECT_FALSE(tokenizer->decode(Ids{-1}));
  StreamDecoder decoder(*tokenizer);
  EXPECT_EQ(decoder.push(259).value(), "hello");
  EXPECT_FALSE(decoder.push(262));
  EXPECT_EQ(decoder.push(260).value(), " hello");
}

TEST(Tokenizer, HolesInTheVocabularyDecodeToNothing) {
  TokenizerJson json;
  json.model = R"({"type": "BPE", "vocab": {"a": 0, "b": 5}, "merges": []})";
  json.decoder = R"({"type": "Fuse"})";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->vocabularySize(), 6u);
  EXPECT_EQ(tokenizer->decode(Ids{0, 3, 5}).value(), "ab");
}

TEST(Tokenizer, WithoutDecoderJoinsBySpaces) {
  auto json = characters();
  json.decoder = "null";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->decode(Ids{1, 2, 3}).value(), "a b c");
  EXPECT_EQ(stream(*tokenizer, {1, 2, 3}), "a b c");
}

struct AddedTokenCase {
  const char *flags, *text;
  Ids ids;
};

class AddedTokenFlags : public testing::TestWithParam<AddedTokenCase> {};

TEST_P(AddedTokenFlags, DecideWhatIsTaken) {
  auto json = characters();
  json.normalizer = R"({"type": "Lowercase"})";
  json.addedTokens = std::string(R"([{"id": 100, "content": "Xy", )") + GetParam().flags + "}]";
  EXPECT_EQ(make(json)->encode(GetParam().text), GetParam().ids);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, AddedTokenFlags,
    testing::Values(
        AddedTokenCase{R"("special": true)", "a Xy b", {1, 27, 100, 27, 2}},
        AddedTokenCase{R"("special": true)", "aXyb xy", {1, 100, 2, 27, 24, 25}},
        AddedTokenCase{R"("special": true, "lstrip": true)", "a  Xy b", {1, 100, 27, 2}},
        AddedTokenCase{R"("special": true, "rstrip": true)", "a Xy  b", {1, 27, 100, 2}},
        AddedTokenCase{R"("special": true, "rstrip": true)", "Xy  ", {100}},
        AddedTokenCase{
            R"("special": true, "single_word": true)", "aXy Xy.", {1, 24, 25, 27, 100, 33}},
        AddedTokenCase{
            R"("special": false, "normalized": true)", "Xy xy XY", {100, 27, 100, 27, 100}},
        AddedTokenCase{R"("special": false)", "xy", {100}},
        AddedTokenCase{R"("special": false, "normalized": false)", "xy", {24, 25}}));

TEST(Tokenizer, TakesTheLongestAddedToken) {
  auto json = characters();
  json.addedTokens = R"([{"id": 100, "content": "ab", "special": true},
    {"id": 101, "content": "abcd", "special": true}, {"id": 102, "content": "bc", "special": true}])";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("abcdabcab"), Ids({101, 100, 3, 100}));
}

TEST(Tokenizer, AddedTokenOfTheVocabularyKeepsItsId) {
  auto json = characters();
  json.addedTokens = R"([{"id": 70, "content": "a", "special": true}])";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->id("a"), 1);
  EXPECT_TRUE(tokenizer->isSpecial(1));
}

TEST(Tokenizer, ChainsPostProcessors) {
  auto json = characters();
  json.postProcessor = R"({"type": "Sequence", "processors": [{"type": "ByteLevel"},
    {"type": "RobertaProcessing", "sep": [".", 33], "cls": ["-", 29], "trim_offsets": true}]})";
  EXPECT_EQ(make(json)->encode("a"), Ids({29, 1, 33}));
  EXPECT_EQ(make(json)->encode("a", false), Ids({1}));
}

TEST(Tokenizer, EncodesFromManyThreads) {
  auto tokenizer = make(gptStyle());
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += " hello you've 123";
  const Ids expected = tokenizer->encode(text);
  std::vector<std::thread> threads;
  std::vector<Ids> found(4);
  for (Ids &ids : found)
    threads.emplace_back([&] { ids = tokenizer->encode(text); });
  for (std::thread &thread : threads)
    thread.join();
  for (const Ids &ids : found)
    EXPECT_EQ(ids, expected);
}

TEST(Tokenizer, APromptGoesOn) {
  TokenizerJson json = llamaStyle();
  json.postProcessor = R"({"type": "TemplateProcessing", "single": [
    {"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
    {"SpecialToken": {"id": "</s>", "type_id": 0}}], "pair": [],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]},
                       "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}}})";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("a"), Ids({1, 263, 2}));
  EXPECT_EQ(tokenizer->encodePrompt("a"), Ids({1, 263}));
}

// What is first is what comes from the first character of the input, as Hugging Face counts.
TEST(Tokenizer, ThePrefixIsForTheBeginningOfTheInput) {
  TokenizerJson json = characters();
  json.normalizer = R"({"type": "Strip", "strip_left": true, "strip_right": true})";
  json.preTokenizer = R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"})";
  auto tokenizer = make(json);
  EXPECT_EQ(tokenizer->encode("a"), Ids({34, 1}));
  EXPECT_EQ(tokenizer->encode(" a"), Ids({1}));
  EXPECT_EQ(tokenizer->encodeWithOffsets(" a").size(), 1u);
}

} // namespace
} // namespace weft::text
