#include "frontend/gguf/GgufTokenizer.h"

#include "Files.h"
#include "frontend/gguf/GgufPreTokenizers.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace weft {
namespace {

using nlohmann::json;
using test::expectContains;
using test::GgufWriter;
using test::raw;
using test::smallGguf;

Result<GgufText> convert(const GgufWriter &writer) {
  // The views of the file that is read point into these bytes.
  static std::string bytes;
  bytes = writer.finish();
  Result<GgufFile> gguf = readGguf(std::as_bytes(std::span(bytes)), "m.gguf");
  EXPECT_TRUE(gguf.has_value()) << gguf.error().message;
  return gguf ? convertGgufTokenizer(*gguf, "m.gguf") : fail("not read");
}

json tokenizerOf(const GgufWriter &writer) {
  Result<GgufText> text = convert(writer);
  EXPECT_TRUE(text.has_value()) << text.error().message;
  return text ? json::parse(text->tokenizerJson) : json();
}

std::string convertError(const GgufWriter &writer) {
  Result<GgufText> text = convert(writer);
  EXPECT_FALSE(text.has_value());
  if (text)
    return "";
  expectContains(text.error().message, {"m.gguf"});
  return text.error().message;
}

enum : int32_t { Normal = 1, Unknown, Control, UserDefined, Unused, Byte };

struct Token {
  std::string text;
  int32_t type = Normal;
  float score = 0;
};

GgufWriter withTokens(const char *model, const std::vector<Token> &tokens) {
  std::vector<std::string> texts;
  std::vector<int32_t> types;
  std::vector<float> scores;
  for (const Token &token : tokens) {
    texts.push_back(token.text);
    types.push_back(token.type);
    scores.push_back(token.score);
  }
  GgufWriter writer = smallGguf();
  writer.string("tokenizer.ggml.model", model)
      .strings("tokenizer.ggml.tokens", texts)
      .list("tokenizer.ggml.token_type", GgufWriter::I32, types);
  if (model == std::string("llama") || model == std::string("t5"))
    writer.list("tokenizer.ggml.scores", GgufWriter::F32, scores);
  return writer;
}

const std::vector<Token> pieces = {
    {"<unk>", Unknown}, {"<s>", Control},    {"</s>", Control},  {"<0x41>", Byte},
    {"▁", Normal, -9},  {"a", Normal, -8},   {"b", Normal, -7},  {"ab", Normal, -2},
    {"ba", Normal, -1}, {"aba", Normal, -3}, {"▁a", Normal, -2}, {"<x>", UserDefined},
    {"", Unused},
};

GgufWriter sentencePiece() { return withTokens("llama", pieces); }

TEST(GgufTokenizer, SentencePieceMergesFollowTheScores) {
  json tokenizer = tokenizerOf(sentencePiece());
  const json &model = tokenizer["model"];
  EXPECT_EQ(model["merges"], json::parse(R"([["b","a"],["a","b"],["▁","a"],
                                             ["a","ba"],["ab","a"]])"));
  EXPECT_EQ(model["type"], "BPE");
  EXPECT_EQ(model["byte_fallback"], true);
  EXPECT_EQ(model["unk_token"], "<unk>");
  EXPECT_EQ(model["vocab"].size(), pieces.size() - 1);
  EXPECT_EQ(model["vocab"]["▁a"], 10);
  json added = tokenizer["added_tokens"];
  ASSERT_EQ(added.size(), 4u);
  EXPECT_EQ(added[1]["content"], "<s>");
  EXPECT_EQ(added[1]["special"], true);
  EXPECT_EQ(added[3]["content"], "<x>");
  EXPECT_EQ(added[3]["id"], 11);
  EXPECT_EQ(added[3]["special"], false);
}

TEST(GgufTokenizer, SpacePrefix) {
  json with = tokenizerOf(sentencePiece());
  EXPECT_EQ(with["normalizer"]["normalizers"].size(), 2u);
  EXPECT_EQ(with["normalizer"]["normalizers"][0]["type"], "Prepend");
  EXPECT_EQ(with["decoder"]["decoders"].size(), 4u);
  GgufWriter writer = sentencePiece();
  json without =
      tokenizerOf(writer.pair("tokenizer.ggml.add_space_prefix", GgufWriter::Bool, raw('\0')));
  EXPECT_EQ(without["normalizer"]["normalizers"].size(), 1u);
  EXPECT_EQ(without["decoder"]["decoders"].size(), 3u);
}

TEST(GgufTokenizer, PiecesWithSpacesAreNotTakenFromRawText) {
  std::vector<Token> tokens = pieces;
  tokens.push_back({"▁▁", UserDefined});
  GgufWriter writer = withTokens("llama", tokens);
  json with = tokenizerOf(writer);
  EXPECT_EQ(with["added_tokens"].size(), 4u);
  EXPECT_EQ(with["model"]["merges"][0], json::parse(R"(["▁","▁"])"));
  json without =
      tokenizerOf(writer.pair("tokenizer.ggml.add_space_prefix", GgufWriter::Bool, raw('\0')));
  ASSERT_EQ(without["added_tokens"].size(), 5u);
  EXPECT_EQ(without["added_tokens"][4]["normalized"], true);
}

GgufWriter byteLevel(const char *pre) {
  GgufWriter writer = withTokens("gpt2", {{"a"},
                                          {"Ġ"},
                                          {"Ġa"},
                                          {"<|eot_id|>", Control},
                                          {"<tool>", UserDefined},
                                          {"<|begin|>", Control}});
  writer.strings("tokenizer.ggml.merges", {"Ġ a"});
  if (*pre)
    writer.string("tokenizer.ggml.pre", pre);
  return writer;
}

TEST(GgufTokenizer, ByteLevel) {
  json tokenizer = tokenizerOf(byteLevel("llama-bpe"));
  EXPECT_EQ(tokenizer["model"]["merges"], json::parse(R"([["Ġ","a"]])"));
  EXPECT_EQ(tokenizer["model"]["vocab"], json::parse(R"({"a":0,"Ġ":1,"Ġa":2})"));
  EXPECT_EQ(tokenizer["model"]["ignore_merges"], true);
  EXPECT_EQ(tokenizer["added_tokens"].size(), 3u);
  EXPECT_EQ(tokenizer["added_tokens"][1]["special"], false);
  EXPECT_EQ(tokenizer["decoder"]["type"], "ByteLevel");
  EXPECT_TRUE(tokenizer["normalizer"].is_null());
  json pre = tokenizer["pre_tokenizer"];
  EXPECT_EQ(pre["type"], "Sequence");
  EXPECT_EQ(pre["pretokenizers"][0]["pattern"]["Regex"],
            R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)"
            R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)");
  EXPECT_EQ(pre["pretokenizers"][1]["use_regex"], false);
}

TEST(GgufTokenizer, EveryKnownPreTokenizerRuns) {
  std::istringstream names(ggufPreTokenizerNames());
  size_t count = 0;
  for (std::string name; std::getline(names, name, ',');) {
    name.erase(0, name.find_first_not_of(' '));
    Result<GgufText> converted = convert(byteLevel(name.c_str()));
    ASSERT_TRUE(converted) << name;
    auto tokenizer = text::Tokenizer::fromJson(converted->tokenizerJson);
    ASSERT_TRUE(tokenizer) << name << ": " << tokenizer.error().message;
    ++count;
    if (findGgufPreTokenizer(name)->spelling == GgufSpelling::Bytes)
      EXPECT_EQ((*tokenizer)->encode("a a", false), (std::vector<int32_t>{0, 2})) << name;
  }
  EXPECT_GT(count, 50u);
}

TEST(GgufTokenizer, PreTokenizers) {
  for (const char *pre : {"", "default", "gpt-2"}) {
    json tokenizer = tokenizerOf(byteLevel(pre));
    EXPECT_EQ(tokenizer["pre_tokenizer"]["type"], "ByteLevel");
    EXPECT_EQ(tokenizer["pre_tokenizer"]["use_regex"], true);
    EXPECT_EQ(tokenizer["model"]["ignore_merges"], false);
  }
  json smollm = tokenizerOf(byteLevel("smollm"))["pre_tokenizer"]["pretokenizers"];
  EXPECT_EQ(smollm[0]["type"], "Digits");
  EXPECT_EQ(smollm[1]["use_regex"], true);
  json qwen = tokenizerOf(byteLevel("qwen2"));
  EXPECT_EQ(qwen["normalizer"]["type"], "NFC");
  EXPECT_EQ(qwen["pre_tokenizer"]["pretokenizers"].size(), 2u);
  expectContains(convertError(byteLevel("klingon")), {"'klingon'", "gpt-2", "llama-bpe", "qwen2"});
}

/// The words that the pre-tokenizer of this name cuts a text into.
std::vector<std::string> wordsOf(const char *pre, const std::string &text) {
  json tokenizer = tokenizerOf(byteLevel(pre));
  tokenizer["added_tokens"] = json::array();
  tokenizer["model"] = {{"type", "WordLevel"}, {"vocab", {{"?", 0}}}, {"unk_token", "?"}};
  auto made = text::Tokenizer::fromJson(tokenizer.dump());
  EXPECT_TRUE(made.has_value()) << made.error().message;
  std::vector<std::string> words;
  if (made)
    for (const text::TokenPlace &place : (*made)->encodeWithOffsets(text))
      words.push_back(text.substr(place.begin, place.end - place.begin));
  return words;
}

// The expected words are those of Hugging Face's library with the same expressions.
TEST(GgufTokenizer, PreTokenizersOfOtherFamilies) {
  using Words = std::vector<std::string>;
  const std::string text = "It's ΣΑΣ ա 1234567 漢字x\n  ok!\t";
  EXPECT_EQ(wordsOf("deepseek-llm", text), Words({"It", "'", "s", " ΣΑΣ", " ա ", "1234567", " ",
                                                  "漢字", "x", "\n", " ", " ok", "!", "\t"}));
  EXPECT_EQ(wordsOf("superbpe", text),
            Words({"It's ΣΑΣ ա ", "1", "234", "567", " 漢字x\n  ok!\t"}));
  EXPECT_EQ(wordsOf("afmoe", text), Words({"It", "'s", " ΣΑΣ", " ա", " ", "1", "234", "567", " ",
                                           "漢字", "x", "\n", " ", " ok", "!", "\t"}));
  EXPECT_EQ(wordsOf("tiny_aya", text), Words({"It's", " ΣΑΣ", " ա", " ", "1", "234", "567",
                                              " 漢字x", "\n", " ", " ok", "!", "\t"}));
  EXPECT_EQ(wordsOf("minicpm5", text), Words({"It", "'s", " ΣΑΣ", " ա", " ", "123", "456", "7",
                                              " 漢字x", "\n", " ", " ok", "!", "\t"}));
  EXPECT_EQ(wordsOf("exaone-moe", "a b c1 \n\n"), Words({"a b c", "1", " \n\n"}));
  EXPECT_EQ(wordsOf("chameleon", "<sentinel:12> IMGIMGABZ  a-1"),
            Words({"<", "sentinel", ":", "1", "2", ">", " ", "IMGIMGABZ", "  ", "a", "-", "1"}));
}

TEST(GgufTokenizer, MergesOfPlainText) {
  GgufWriter writer = withTokens(
      "gemma4", {{"<bos>", Control}, {"a"}, {"▁"}, {"▁a"}, {"<0x41>", Byte}, {"\n"}, {"\n\n"}});
  writer.strings("tokenizer.ggml.merges", {"▁ a", "\n \n"})
      .pair("tokenizer.ggml.bos_token_id", GgufWriter::U32, raw<uint32_t>(0));
  Result<GgufText> converted = convert(writer);
  ASSERT_TRUE(converted) << converted.error().message;
  auto tokenizer = text::Tokenizer::fromJson(converted->tokenizerJson);
  ASSERT_TRUE(tokenizer) << tokenizer.error().message;
  const std::vector<int32_t> ids = {0, 1, 3, 6, 4};
  EXPECT_EQ((*tokenizer)->encode("a a\n\nA"), ids);
  EXPECT_EQ((*tokenizer)->decode(ids).value(), "a a\n\nA");
}

// Files call ends of a turn ordinary tokens, or words that a user defined.
TEST(GgufTokenizer, EndsAreKnownByTheirTextWhateverTheirType) {
  for (int32_t type : {Normal, Control, UserDefined}) {
    std::vector<Token> tokens = pieces;
    tokens.push_back({"<|im_end|>", type, -1});
    tokens.push_back({"<|end|>", type, -1});
    auto text = convert(withTokens("llama", tokens));
    ASSERT_TRUE(text.has_value());
    EXPECT_EQ(text->defaults.endIds, (std::vector<int32_t>{2, 13, 14}));
    auto tokenizer = text::Tokenizer::fromJson(text->tokenizerJson);
    ASSERT_TRUE(tokenizer);
    EXPECT_TRUE((*tokenizer)->isSpecial(13));
    EXPECT_EQ((*tokenizer)->encode("<|im_end|>", false), std::vector<int32_t>{13});
  }
  // Where others end a turn, <|end|> stands inside of one.
  auto harmony = convert(withTokens("llama", {{"<unk>", Unknown},
                                              {"<|end|>", Control},
                                              {"<|return|>", Control},
                                              {"<|call|>", Control},
                                              {"<|channel|>", Control}}));
  ASSERT_TRUE(harmony.has_value());
  EXPECT_EQ(harmony->defaults.endIds, (std::vector<int32_t>{2, 3}));
  EXPECT_EQ(json::parse(harmony->tokenizerJson)["added_tokens"][4]["special"], false);
}

/// The ids of a text, special ones included.
std::vector<int32_t> idsOf(const GgufWriter &writer, const std::string &text) {
  Result<GgufText> converted = convert(writer);
  EXPECT_TRUE(converted.has_value()) << converted.error().message;
  auto tokenizer = text::Tokenizer::fromJson(converted ? converted->tokenizerJson : "");
  EXPECT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  return tokenizer ? (*tokenizer)->encode(text, true) : std::vector<int32_t>();
}

/// As converters write BERT's vocabulary: words begin with ▁, their insides with nothing.
GgufWriter wordPiece() {
  return withTokens("bert", {{"[PAD]", Control},
                             {"[UNK]", Control},
                             {"[CLS]", Control},
                             {"[SEP]", Control},
                             {"[unused0]"},
                             {"▁low"},
                             {"er"},
                             {"▁,"},
                             {"▁e"},
                             {"▁É"},
                             {"[MASK]", Control}});
}

TEST(GgufTokenizer, WordPiece) {
  json model = tokenizerOf(wordPiece())["model"];
  EXPECT_EQ(model["type"], "WordPiece");
  EXPECT_EQ(model["vocab"]["low"], 5);
  EXPECT_EQ(model["vocab"]["##er"], 6);
  EXPECT_EQ(model["vocab"]["[unused0]"], 4);
  EXPECT_EQ(idsOf(wordPiece(), "Lower, low"), (std::vector<int32_t>{2, 5, 6, 7, 5, 3}));
  EXPECT_EQ(idsOf(wordPiece(), "lows [MASK] É"), (std::vector<int32_t>{2, 1, 10, 8, 3}));
  GgufWriter cased = wordPiece();
  cased.pair("tokenizer.ggml.normalizer.lowercase", GgufWriter::Bool, raw('\0'));
  EXPECT_EQ(idsOf(cased, "Low É"), (std::vector<int32_t>{2, 1, 9, 3}));
  GgufWriter bare = wordPiece();
  bare.pair("tokenizer.ggml.add_bos_token", GgufWriter::Bool, raw('\0'))
      .pair("tokenizer.ggml.add_sep_token", GgufWriter::Bool, raw('\0'));
  EXPECT_EQ(idsOf(bare, "low"), std::vector<int32_t>{5});
}

GgufWriter unigram() {
  return withTokens("t5", {{"<pad>", Control},
                           {"</s>", Control},
                           {"<unk>", Unknown},
                           {"▁", Normal, -3},
                           {"a", Normal, -3},
                           {"b", Normal, -3},
                           {"ab", Normal, -3.5},
                           {"▁a", Normal, -4},
                           {"<x>", UserDefined}});
}

TEST(GgufTokenizer, Unigram) {
  EXPECT_EQ(idsOf(unigram(), "ab  b"), (std::vector<int32_t>{3, 6, 3, 5, 1}));
  EXPECT_EQ(idsOf(unigram(), " aé"), (std::vector<int32_t>{7, 2, 1}));
  GgufWriter spaces = unigram();
  spaces.pair("tokenizer.ggml.remove_extra_whitespaces", GgufWriter::Bool, raw('\0'))
      .pair("tokenizer.ggml.add_space_prefix", GgufWriter::Bool, raw('\0'))
      .pair("tokenizer.ggml.add_eos_token", GgufWriter::Bool, raw('\0'));
  EXPECT_EQ(idsOf(spaces, "b  b"), (std::vector<int32_t>{5, 3, 3, 5}));
  // A table whose trie has no unit that matches.
  GgufWriter table = unigram();
  std::string bytes = raw<uint32_t>(4 * 256) + std::string(4 * 256, '\0');
  table.list("tokenizer.ggml.precompiled_charsmap", GgufWriter::U8,
             std::vector<uint8_t>(bytes.begin(), bytes.end()));
  EXPECT_EQ(tokenizerOf(table)["normalizer"]["normalizers"][0]["type"], "Precompiled");
  EXPECT_EQ(idsOf(table, "ab"), (std::vector<int32_t>{3, 6, 1}));
}

json postProcessor(const GgufWriter &writer) { return tokenizerOf(writer)["post_processor"]; }

TEST(GgufTokenizer, TokensAroundATextAndItsEnds) {
  GgufWriter plain = byteLevel("gpt-2");
  EXPECT_TRUE(postProcessor(plain).is_null());
  auto text = convert(plain);
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->defaults.beginId, -1);
  EXPECT_EQ(text->defaults.endIds, std::vector<int32_t>{3}); // by its published name

  GgufWriter both = byteLevel("gpt-2");
  both.pair("tokenizer.ggml.bos_token_id", GgufWriter::U32, raw<uint32_t>(5))
      .pair("tokenizer.ggml.eos_token_id", GgufWriter::U32, raw<uint32_t>(0))
      .pair("tokenizer.ggml.eot_token_id", GgufWriter::U32, raw<uint32_t>(4))
      .pair("tokenizer.ggml.add_bos_token", GgufWriter::Bool, raw('\1'))
      .pair("tokenizer.ggml.add_eos_token", GgufWriter::Bool, raw('\1'))
      .string("tokenizer.chat_template", "{{ x }}");
  json processor = postProcessor(both);
  EXPECT_EQ(processor["type"], "TemplateProcessing");
  EXPECT_EQ(processor["single"], json::parse(R"([{"SpecialToken":{"id":"<|begin|>","type_id":0}},
      {"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"a","type_id":0}}])"));
  EXPECT_EQ(processor["pair"].size(), 6u);
  EXPECT_EQ(processor["special_tokens"]["<|begin|>"]["ids"], json::parse("[5]"));
  text = convert(both);
  EXPECT_EQ(text->defaults.beginId, 5);
  EXPECT_EQ(text->defaults.endIds, (std::vector<int32_t>{0, 4, 3}));
  EXPECT_EQ(text->defaults.chatTemplate, "{{ x }}");
  EXPECT_EQ(text->defaults.beginToken, "<|begin|>");
  EXPECT_EQ(text->defaults.endToken, "a");

  // Llama vocabularies begin a text without being told; the ids have defaults too.
  EXPECT_EQ(postProcessor(sentencePiece())["special_tokens"]["<s>"]["ids"], json::parse("[1]"));
  text = convert(sentencePiece());
  EXPECT_EQ(text->defaults.beginId, 1);
  EXPECT_EQ(text->defaults.endIds, std::vector<int32_t>{2});
  GgufWriter without = sentencePiece();
  without.pair("tokenizer.ggml.add_bos_token", GgufWriter::Bool, raw('\0'));
  EXPECT_TRUE(postProcessor(without).is_null());
}

TEST(GgufTokenizer, NoVocabulary) {
  auto text = convert(smallGguf());
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->tokenizerJson, "");
  GgufWriter none = smallGguf();
  text = convert(none.string("tokenizer.ggml.model", "no_vocab"));
  ASSERT_TRUE(text.has_value());
  EXPECT_EQ(text->tokenizerJson, "");
}

TEST(GgufTokenizer, MalformedVocabularies) {
  GgufWriter rwkv = smallGguf();
  expectContains(convertError(rwkv.string("tokenizer.ggml.model", "rwkv")),
                 {"'rwkv'", "'llama'", "'gpt2'", "'bert'", "'t5'"});
  GgufWriter empty = smallGguf();
  expectContains(convertError(empty.string("tokenizer.ggml.model", "gpt2")),
                 {"tokenizer.ggml.tokens"});
  expectContains(convertError(withTokens("gpt2", {{"a"}, {"a"}})),
                 {"token 1, 'a'", "same as token 0"});
  expectContains(convertError(withTokens("gpt2", {{"\xff"}})), {"token 0", "not UTF-8"});
  expectContains(convertError(withTokens("gpt2", {{std::string(2000, 'x')}})), {"2000 bytes long"});
  expectContains(convertError(withTokens("gpt2", {{"a"}})), {"tokenizer.ggml.merges"});
  GgufWriter unknownMerge = withTokens("gpt2", {{"a"}, {"b"}});
  expectContains(convertError(unknownMerge.strings("tokenizer.ggml.merges", {"a b"})),
                 {"merge 0, 'a b'", "no token 'ab'"});
  GgufWriter noMerge = withTokens("gpt2", {{"a"}});
  expectContains(convertError(noMerge.strings("tokenizer.ggml.merges", {"a"})), {"no token ''"});

  expectContains(convertError(withTokens("bert", {{"▁a"}})), {"token for unknown words"});
  expectContains(convertError(withTokens("bert", {{"[UNK]", Control}, {"▁##a"}, {"a"}})),
                 {"token 2, 'a'", "'##a'", "token 1"});
  expectContains(convertError(withTokens("t5", {})), {"tokenizer.ggml.scores"});
  expectContains(convertError(withTokens("t5", {{"a", Normal, __builtin_inff()}})), {"not finite"});
  GgufWriter table = unigram();
  table.list<int32_t>("tokenizer.ggml.precompiled_charsmap", GgufWriter::I32, {1, 256});
  expectContains(convertError(table), {"precompiled_charsmap", "bytes, found 256"});

  GgufWriter sizes = smallGguf();
  sizes.string("tokenizer.ggml.model", "llama").strings("tokenizer.ggml.tokens", {"a", "b"});
  expectContains(convertError(sizes), {"tokenizer.ggml.scores"});
  expectContains(convertError(sizes.list<float>("tokenizer.ggml.scores", GgufWriter::F32, {1})),
                 {"scores", "2 elements", "found 1"});
  expectContains(convertError(withTokens("llama", {{"a", Normal, __builtin_nanf("")}})), {"NaN"});

  GgufWriter id = sentencePiece();
  expectContains(
      convertError(id.pair("tokenizer.ggml.bos_token_id", GgufWriter::U32, raw<uint32_t>(99))),
      {"bos_token_id", "13 tokens", "found 99"});
  GgufWriter type = sentencePiece();
  expectContains(convertError(type.string("tokenizer.ggml.bos_token_id", "x")),
                 {"bos_token_id", "wrong type"});
}

TEST(GgufTokenizer, MergesAreLimited) {
  // Runs of one letter up to the longest token: each can be cut anywhere.
  std::vector<Token> runs;
  for (size_t length = 1; length <= 1024; ++length)
    runs.push_back({std::string(length, 'x')});
  expectContains(convertError(withTokens("llama", runs)), {"merges"});
}

} // namespace
} // namespace weft
