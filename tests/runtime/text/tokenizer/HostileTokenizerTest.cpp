#include "tests/runtime/text/Fixtures.h"

namespace weft::text {
namespace {

std::string modelError(const std::string &model) {
  TokenizerJson json;
  json.model = model;
  return errorOf(json.text());
}

std::string partError(std::string TokenizerJson::*part, const std::string &value) {
  TokenizerJson json = characters();
  json.*part = value;
  return errorOf(json.text());
}

TEST(HostileTokenizer, NotJson) {
  for (const char *json : {"", "{", "[1", "nul", "\xFF", "{\"model\": tru}"})
    EXPECT_TRUE(errorOf(json).starts_with("tokenizer.json: not valid JSON")) << json;
  auto place = [](const std::string &json) {
    return errorOf(json).substr(0, errorOf(json).find(": ", 16));
  };
  EXPECT_EQ(place("{\"a\": 1,\n \"b\" 2}"), "tokenizer.json: not valid JSON at line 2, column 6");
  EXPECT_EQ(place("{\"a\": 1"), "tokenizer.json: not valid JSON at line 1, column 7");
  EXPECT_EQ(place(""), "tokenizer.json: not valid JSON");
  EXPECT_EQ(errorOf("[]"), "tokenizer.json: expected an object, found an array");
  EXPECT_EQ(errorOf("{}"), "tokenizer.json: model: missing");
  EXPECT_EQ(errorOf(R"({"model": 3})"),
            "tokenizer.json: model: expected an object, found a number");
  EXPECT_EQ(errorOf(R"({"version": "2.0"})"),
            "tokenizer.json: version: '2.0' is not supported; supported is '1.0'");
}

TEST(HostileTokenizer, Models) {
  EXPECT_EQ(modelError(R"({"type": "Markov"})"),
            "tokenizer.json: model: type 'Markov' is not supported; supported are BPE, WordPiece, "
            "Unigram, WordLevel");
  EXPECT_EQ(modelError(R"({"type": "BPE", "merges": []})"), "tokenizer.json: model.vocab: missing");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {}})"), "tokenizer.json: model.merges: missing");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": [], "merges": []})"),
            "tokenizer.json: model.vocab: expected an object of token and id");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []})"),
            "tokenizer.json: model.vocab: id 0 belongs both to 'a' and to 'b'");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {"a": 0, "a": 1}, "merges": []})"),
            "tokenizer.json: model.vocab: token 'a' appears twice");
  for (const char *id : {"-1", "16777217", "1.5", "18446744073709551615"})
    EXPECT_EQ(
        modelError(R"({"type": "BPE", "vocab": {"a": )" + std::string(id) + R"(}, "merges": []})"),
        "tokenizer.json: model.vocab['a']: expected a token id from 0 to 16777216, found "
        "another number");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {"a\n": "0"}, "merges": []})"),
            "tokenizer.json: model.vocab['a\\x0a']: expected a token id, found a string");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {}, "merges": [], "unk_token": "u"})"),
            "tokenizer.json: model.unk_token: 'u' is not in the vocabulary");
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {}, "merges": [], "end_of_word_suffix": 3})"),
            "tokenizer.json: model.end_of_word_suffix: expected a string, found a number");
  EXPECT_NE(
      modelError(R"({"type": "BPE", "vocab": {}, "merges": [], "dropout": 0.1})").find("dropout"),
      std::string::npos);
  EXPECT_EQ(modelError(R"({"type": "BPE", "vocab": {}, "merges": [], "fuse_unk": 1})"),
            "tokenizer.json: model.fuse_unk: expected a boolean, found a number");
}

TEST(HostileTokenizer, Merges) {
  auto error = [](const char *merge) {
    return modelError(R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b", )" +
                      std::string(merge) + "]}");
  };
  EXPECT_EQ(error("\"a c\""), "tokenizer.json: model.merges[1]: 'c' is not in the vocabulary");
  EXPECT_EQ(error("\"b a\""), "tokenizer.json: model.merges[1]: 'ba' is not in the vocabulary");
  EXPECT_EQ(error("[\"x\", \"a\"]"),
            "tokenizer.json: model.merges[1]: 'x' is not in the vocabulary");
  EXPECT_EQ(
      error("\"ab\""),
      "tokenizer.json: model.merges[1]: expected two tokens with a space between, found 'ab'");
  for (const char *merge :
       {"3", "[]", "[\"a\"]", "[\"a\", \"b\", \"a\"]", "[\"a\", 1]", "null", "{}"})
    EXPECT_EQ(error(merge), "tokenizer.json: model.merges[1]: expected \"a b\" or [\"a\", \"b\"]");
}

TEST(HostileTokenizer, AddedTokens) {
  auto error = [](const char *token) { return partError(&TokenizerJson::addedTokens, token); };
  EXPECT_EQ(error("3"), "tokenizer.json: added_tokens: expected an array, found a number");
  EXPECT_EQ(error("[3]"), "tokenizer.json: added_tokens[0]: expected an object, found a number");
  EXPECT_EQ(error(R"([{"id": 99}])"), "tokenizer.json: added_tokens[0].content: missing");
  EXPECT_EQ(error(R"([{"content": "X"}])"), "tokenizer.json: added_tokens[0].id: missing");
  EXPECT_EQ(error(R"([{"id": 1, "content": "X"}])"),
            "tokenizer.json: added_tokens[0].id: 1 is the id of 'a' in the vocabulary");
  EXPECT_EQ(error(R"([{"id": 99, "content": "X"}, {"id": 99, "content": "Y"}])"),
            "tokenizer.json: added_tokens[1].id: 99 is already the id of 'X'");
  EXPECT_EQ(error(R"([{"id": 99, "content": "X"}, {"id": 98, "content": "X"}])"),
            "tokenizer.json: added_tokens[1]: 'X' has a second id");
  EXPECT_EQ(error(R"([{"id": 99, "content": "X", "lstrip": "yes"}])"),
            "tokenizer.json: added_tokens[0].lstrip: expected a boolean, found a string");
}

TEST(HostileTokenizer, PostProcessors) {
  auto error = [](const char *single, const char *special = "{}") {
    return partError(&TokenizerJson::postProcessor, R"({"type": "TemplateProcessing", "single": )" +
                                                        std::string(single) +
                                                        R"(, "special_tokens": )" + special + "}");
  };
  EXPECT_EQ(error("[]"),
            "tokenizer.json: post_processor.single: expected the sequence A, found none");
  EXPECT_NE(error(R"([{"Sequence": {"id": "B"}}])").find("expected the sequence A"),
            std::string::npos);
  EXPECT_NE(error(R"([{"Sequence": {"id": "A"}}, {"Sequence": {"id": "A"}}])").find("once"),
            std::string::npos);
  EXPECT_NE(error(R"([{"SpecialToken": {"id": "<s>"}}])").find("is not in"), std::string::npos);
  EXPECT_EQ(
      error(R"([{"SpecialToken": {"id": "s"}}, {"Sequence": {"id": "A"}}])",
            R"({"s": {"ids": [5000]}})"),
      "tokenizer.json: post_processor: adds the token 5000, which the vocabulary does not have");
}

TEST(HostileTokenizer, DeepSequences) {
  struct Kind {
    std::string TokenizerJson::*part;
    const char *list;
  };
  for (Kind kind : {Kind{&TokenizerJson::normalizer, "normalizers"},
                    Kind{&TokenizerJson::preTokenizer, "pretokenizers"},
                    Kind{&TokenizerJson::postProcessor, "processors"},
                    Kind{&TokenizerJson::decoder, "decoders"}}) {
    std::string nested = R"({"type": "Sequence", ")" + std::string(kind.list) + "\": []}";
    for (int i = 0; i < 20; ++i)
      nested = R"({"type": "Sequence", ")" + std::string(kind.list) + "\": [" + nested + "]}";
    EXPECT_NE(partError(kind.part, nested).find("nested deeper than 16"), std::string::npos);
  }
  EXPECT_FALSE(Tokenizer::fromJson(std::string(100000, '[')));
}

TEST(HostileTokenizer, EveryTruncationIsAnError) {
  for (const TokenizerJson &json : {llamaStyle(), gptStyle()}) {
    const std::string text = json.text();
    for (size_t size = 0; size < text.size(); size += 7)
      EXPECT_FALSE(Tokenizer::fromJson(std::string_view(text).substr(0, size)));
  }
}

} // namespace
} // namespace weft::text
