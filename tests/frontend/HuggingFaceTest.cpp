#include "Files.h"

#include "runtime/base/Base64.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <nlohmann/json.hpp>

namespace weft {
namespace {

using nlohmann::json;
using test::expectContains;
using test::openError;
using test::safetensors;

class HuggingFace : public testing::Test {
protected:
  void SetUp() override {
    write("config.json", R"({"model_type":"llama","eos_token_id":2,"bos_token_id":1})");
    write("model.safetensors", safetensors("{}", ""));
  }
  void write(const std::string &name, const std::string &contents) {
    directory.write(name, contents);
  }
  void remove(const std::string &name) { std::filesystem::remove(directory.file(name)); }
  std::unique_ptr<Checkpoint> open() { return test::open(directory.path); }
  std::string error() { return openError(directory.path); }

  test::TemporaryDirectory directory;
};

TEST_F(HuggingFace, MissingFiles) {
  remove("model.safetensors");
  expectContains(error(), {directory.path.c_str(), "model.safetensors", "found none"});
  write("pytorch_model.bin", "x");
  expectContains(error(), {"pytorch_model.bin", "safetensors"});
  remove("config.json");
  expectContains(error(), {"found no config.json"});
}

TEST_F(HuggingFace, MalformedConfig) {
  write("config.json", "[]");
  expectContains(error(), {"config.json", "expected a JSON object"});
  write("config.json", "{\"a\":\n}");
  expectContains(error(), {"config.json", "is not JSON", "line 2"});
  write("config.json", "{}");
  expectContains(error(), {"config.json", "model_type"});
  write("config.json", R"({"model_type":"x","a":{"b":1},"a.b":2})");
  expectContains(error(), {"'a.b' occurs twice"});
  write("config.json", std::string(1'000'000, '['));
  expectContains(error(), {"nested deeper than 64"});
}

TEST_F(HuggingFace, Shards) {
  remove("model.safetensors");
  write("a.safetensors", safetensors(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},
      "unlisted":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                                     test::raw<float>(1.5f) + test::raw<float>(9)));
  write("b.safetensors", safetensors(R"({"y":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}})",
                                     test::raw<uint32_t>(0x12345678)));
  write("model.safetensors.index.json",
        R"({"metadata":{"total_size":8},
            "weight_map":{"x":"a.safetensors","y":"b.safetensors"}})");
  auto checkpoint = open();
  ASSERT_TRUE(checkpoint);
  ASSERT_EQ(checkpoint->tensors().size(), 2u);
  const CheckpointTensor &y = checkpoint->tensors().at("y");
  EXPECT_EQ(y.file, directory.file("b.safetensors"));
  EXPECT_EQ(test::bytesOf(y), test::raw<uint32_t>(0x12345678));
  EXPECT_EQ(test::bytesOf(checkpoint->tensors().at("x")), test::raw<float>(1.5f));

  auto withMap = [&](const char *map) {
    write("model.safetensors.index.json", std::string("{\"weight_map\":") + map + "}");
    return error();
  };
  expectContains(withMap(R"({"z":"a.safetensors"})"), {"a.safetensors", "'z'", "found none"});
  expectContains(withMap(R"({"x":"c.safetensors"})"), {"c.safetensors"});
  expectContains(withMap(R"({"x":"../a.safetensors"})"), {"'x'", "'../a.safetensors'"});
  expectContains(withMap(R"({"x":".."})"), {"a file in the directory"});
  expectContains(withMap(R"({"x":3})"), {"a file in the directory"});
  expectContains(withMap("[]"), {"expected an object 'weight_map'"});
}

TEST_F(HuggingFace, EndIds) {
  EXPECT_EQ(open()->textDefaults().endIds, std::vector<int32_t>{2});
  EXPECT_EQ(open()->textDefaults().beginId, 1);
  write("generation_config.json", R"({"eos_token_id":[7,8,7],"bos_token_id":null})");
  EXPECT_EQ(open()->textDefaults().endIds, (std::vector<int32_t>{7, 8}));
  EXPECT_EQ(open()->textDefaults().beginId, 1);
  for (const char *bad : {R"("x")", "-1", "4294967296", "18446744073709551615", "[1,[2]]", "1.0"}) {
    write("generation_config.json", std::string("{\"eos_token_id\":") + bad + "}");
    expectContains(error(), {"generation_config.json", "'eos_token_id'", "token id"});
  }
}

TEST_F(HuggingFace, ChatTemplates) {
  EXPECT_EQ(open()->textDefaults().chatTemplate, "");
  write("tokenizer_config.json", R"({"chat_template":"one"})");
  EXPECT_EQ(open()->textDefaults().chatTemplate, "one");
  write("tokenizer_config.json", R"({"chat_template":[{"name":"tool_use","template":"two"},
                                                      {"name":"default","template":"three"}]})");
  EXPECT_EQ(open()->textDefaults().chatTemplate, "three");
  write("chat_template.jinja", "four\n");
  EXPECT_EQ(open()->textDefaults().chatTemplate, "four\n");
  remove("chat_template.jinja");
  write("chat_template.json", R"({"chat_template":"five"})");
  EXPECT_EQ(open()->textDefaults().chatTemplate, "five");
  write("chat_template.json", R"([])");
  expectContains(error(), {"chat_template.json", "object"});
  remove("chat_template.json");
  write("tokenizer_config.json",
        R"({"bos_token":"<s>","eos_token":{"content":"</s>","special":true}})");
  EXPECT_EQ(open()->textDefaults().beginToken, "<s>");
  EXPECT_EQ(open()->textDefaults().endToken, "</s>");
  write("tokenizer_config.json", R"({"chat_template":3})");
  expectContains(error(), {"tokenizer_config.json", "chat_template"});
}

TEST_F(HuggingFace, TokenizerIsKeptAsItIs) {
  EXPECT_EQ(open()->tokenizerJson(), "");
  std::string text = R"( {"post_processor" : {"type":"TemplateProcessing",
      "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}} )";
  write("tokenizer.json", text);
  EXPECT_EQ(open()->tokenizerJson(), text);
  write("tokenizer_config.json", R"({"add_bos_token":true,"bos_token":"<s>"})");
  EXPECT_EQ(open()->tokenizerJson(), text);
  write("tokenizer.json", "{}");
  write("tokenizer_config.json", R"({"add_bos_token":false,"bos_token":"<s>"})");
  EXPECT_EQ(open()->tokenizerJson(), "{}");
}

TEST_F(HuggingFace, OtherVocabulariesStandInForTokenizerJson) {
  std::string ranks;
  for (int byte = 0; byte < 256; ++byte)
    ranks += encodeBase64(std::string(1, char(byte))) + " " + std::to_string(byte) + "\n";
  write("cl100k_base.tiktoken", ranks);
  json tokenizer = json::parse(open()->tokenizerJson());
  EXPECT_EQ(tokenizer["model"]["vocab"].size(), 256u);
  EXPECT_EQ(tokenizer["model"]["vocab"]["b"], 'b');
  write("other.tiktoken", "YQ== 0\n");
  remove("cl100k_base.tiktoken");
  expectContains(error(), {"other.tiktoken", "other", "cl100k_base"});
  write("tokenizer.model", "no protobuf");
  expectContains(error(), {"tokenizer.model", "protobuf"});
  write("tokenizer.json", "{}");
  EXPECT_EQ(open()->tokenizerJson(), "{}");
}

json sequence(const char *id, int type) { return {{"Sequence", {{"id", id}, {"type_id", type}}}}; }
json special(const char *id, int type) {
  return {{"SpecialToken", {{"id", id}, {"type_id", type}}}};
}

TEST_F(HuggingFace, BeginTokenIsAddedWhereOnlyTheConfigAsksForIt) {
  write("tokenizer_config.json", R"({"add_bos_token":true,"bos_token":{"content":"<s>"}})");
  json single = {special("<s>", 0), sequence("A", 0)};
  json pair = {special("<s>", 0), sequence("A", 0), special("<s>", 1), sequence("B", 1)};

  write("tokenizer.json", R"({"added_tokens":[{"id":5,"content":"<s>"}],"post_processor":null,
                              "model":{"vocab":{"a":0}}})");
  json processor = json::parse(open()->tokenizerJson())["post_processor"];
  EXPECT_EQ(processor["type"], "TemplateProcessing");
  EXPECT_EQ(processor["single"], single);
  EXPECT_EQ(processor["pair"], pair);
  EXPECT_EQ(processor["special_tokens"],
            json::parse(R"({"<s>":{"id":"<s>","ids":[5],"tokens":["<s>"]}})"));

  // Beside one that does something else.
  write("tokenizer.json", R"({"post_processor":{"type":"ByteLevel"},
                              "model":{"vocab":{"<s>":3}}})");
  processor = json::parse(open()->tokenizerJson())["post_processor"];
  EXPECT_EQ(processor["type"], "Sequence");
  ASSERT_EQ(processor["processors"].size(), 2u);
  EXPECT_EQ(processor["processors"][0]["type"], "ByteLevel");
  EXPECT_EQ(processor["processors"][1]["single"], single);
  EXPECT_EQ(processor["processors"][1]["special_tokens"]["<s>"]["ids"], json({3}));

  // Into one that adds an end.
  write("tokenizer.json",
        R"({"model":{"vocab":{"<s>":3}},"post_processor":{"type":"TemplateProcessing",
            "single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],
            "pair":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}},
                    {"Sequence":{"id":"B","type_id":1}}],
            "special_tokens":{"</s>":{"id":"</s>","ids":[4],"tokens":["</s>"]}}}})");
  processor = json::parse(open()->tokenizerJson())["post_processor"];
  EXPECT_EQ(processor["single"], json({special("<s>", 0), sequence("A", 0), special("</s>", 0)}));
  EXPECT_EQ(processor["pair"], json({special("<s>", 0), sequence("A", 0), special("</s>", 0),
                                     special("<s>", 1), sequence("B", 1)}));
  EXPECT_EQ(processor["special_tokens"].size(), 2u);

  write("tokenizer.json", R"({"model":{"vocab":{}}})");
  expectContains(error(), {"tokenizer.json", "'<s>'", "no token of the vocabulary"});
}

TEST_F(HuggingFace, FlagsWinOverThePostProcessor) {
  const std::string around =
      R"({"added_tokens":[{"id":3,"content":"<s>"},{"id":4,"content":"</s>"}],
          "model":{},"post_processor":{"type":"TemplateProcessing",
          "single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
                    {"SpecialToken":{"id":"</s>","type_id":0}}],
          "special_tokens":{"<s>":{"id":"<s>","ids":[3],"tokens":["<s>"]},
                            "</s>":{"id":"</s>","ids":[4],"tokens":["</s>"]}}}})";
  const std::string pair = R"({"added_tokens":[{"id":3,"content":"<s>"},{"id":4,"content":"</s>"}],
      "model":{},"post_processor":{"type":"RobertaProcessing","cls":["<s>",3],"sep":["</s>",4]}})";
  for (const std::string &tokenizer : {around, pair}) {
    write("tokenizer.json", tokenizer);
    auto single = [&](const char *begin, const char *end) {
      write("tokenizer_config.json", std::string(R"({"bos_token":"<s>","eos_token":"</s>",)") +
                                         R"("add_bos_token":)" + begin + R"(,"add_eos_token":)" +
                                         end + "}");
      return json::parse(open()->tokenizerJson())["post_processor"].value("single", json());
    };
    EXPECT_EQ(single("false", "true"), json({sequence("A", 0), special("</s>", 0)}));
    EXPECT_EQ(single("true", "false"), json({special("<s>", 0), sequence("A", 0)}));
    EXPECT_EQ(single("false", "null"), json({sequence("A", 0), special("</s>", 0)}));
    EXPECT_EQ(single("false", "false"), json::array({sequence("A", 0)}));
    // Nothing changes, so that the file stays as it is.
    single("true", "true");
    EXPECT_EQ(open()->tokenizerJson(), tokenizer);
  }
  write("tokenizer.json", R"({"model":{"vocab":{"</s>":4}}})");
  write("tokenizer_config.json", R"({"add_eos_token":true,"eos_token":"</s>"})");
  EXPECT_EQ(json::parse(open()->tokenizerJson())["post_processor"]["single"],
            json({sequence("A", 0), special("</s>", 0)}));
}

/// SentencePiece's file of a few pieces: <unk>, <s>, </s>, ▁, a.
std::string sentencePieceModel() {
  auto delimited = [](char field, const std::string &bytes) {
    return std::string({char(field << 3 | 2), char(bytes.size())}) + bytes;
  };
  auto piece = [&](const std::string &text, char type) {
    return delimited(1, delimited(1, text) + std::string({0x18, type}));
  };
  return piece("<unk>", 2) + piece("<s>", 3) + piece("</s>", 3) + piece("▁", 1) + piece("a", 1) +
         delimited(2, std::string({0x18, 2}));
}

TEST_F(HuggingFace, TokensAddedToASentencePieceModel) {
  write("config.json", R"({"model_type":"llama","eos_token_id":2,"vocab_size":9})");
  write("tokenizer.model", sentencePieceModel());
  auto tokenizer = [&] {
    auto made = text::Tokenizer::fromJson(open()->tokenizerJson());
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return std::move(*made);
  };
  using Ids = std::vector<int32_t>;
  EXPECT_EQ(tokenizer()->encode("a"), Ids({1, 3, 4})); // as GGUF: it begins with <s>
  EXPECT_EQ(open()->textDefaults().beginToken, "<s>");

  write("added_tokens.json", R"({"<|im_end|>":5,"<|im_start|>":6})");
  EXPECT_EQ(tokenizer()->encode("<|im_start|>a<|im_end|>"), Ids({1, 6, 3, 4, 5}));
  EXPECT_FALSE(tokenizer()->isSpecial(5));
  write(
      "special_tokens_map.json",
      R"({"eos_token":{"content":"<|im_end|>"},"additional_special_tokens":["<|im_start|>","<x>"]})");
  EXPECT_TRUE(tokenizer()->isSpecial(5));
  EXPECT_TRUE(tokenizer()->isSpecial(6));
  EXPECT_EQ(open()->textDefaults().endIds, Ids({2, 5}));
  EXPECT_EQ(tokenizer()->encode("<x>", false),
            Ids({7})); // the next id, of which the model has rows
  std::filesystem::remove(directory.file("added_tokens.json"));

  // Ids of the vocabulary may be given to others.
  write("tokenizer_config.json", R"({"tokenizer_class":"LlamaTokenizer","add_bos_token":false,
      "legacy":false,"added_tokens_decoder":{"5":{"content":"<|im_end|>","special":true},
      "3":{"content":"<y>","rstrip":true,"normalized":true}}})");
  EXPECT_EQ(tokenizer()->encode("<y>  a<|im_end|>a"), Ids({3, 4, 5, 4}));
  for (const char *bad : {R"({"x":{"content":"a"}})", R"({"1":3})", "[]"}) {
    write("tokenizer_config.json", std::string(R"({"added_tokens_decoder":)") + bad + "}");
    expectContains(error(), {"tokenizer_config.json", "added_tokens_decoder"});
  }
}

TEST_F(HuggingFace, TokensThatTokenizerJsonLacks) {
  write("tokenizer.json", R"({"added_tokens":[],"model":{"type":"WordLevel","unk_token":"u",
                              "vocab":{"u":0}}})");
  write("tokenizer_config.json", R"({"added_tokens_decoder":{"4":{"content":"<y>"}}})");
  EXPECT_EQ(json::parse(open()->tokenizerJson())["added_tokens"][0]["id"], 4);
}

TEST_F(HuggingFace, VocabularyAndMergesAlone) {
  write("vocab.json", R"({"h":0,"i":1,"hi":2,"Ġ":3,"Ġhi":4,"<|endoftext|>":5,"1":6})");
  expectContains(error(), {"vocab.json and merges.txt together", "merges.txt"});
  write("merges.txt", "#version: 0.2\nh i\r\nĠ hi\n\n");
  auto encode = [&](const char *text) {
    auto made = text::Tokenizer::fromJson(open()->tokenizerJson());
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return (*made)->encode(text);
  };
  using Ids = std::vector<int32_t>;
  EXPECT_EQ(encode("hi hi11<|endoftext|>"), Ids({2, 4, 6, 6, 5}));
  write("tokenizer_config.json", R"({"tokenizer_class":"Qwen2Tokenizer","add_prefix_space":true})");
  EXPECT_EQ(encode("hi"), Ids({4}));
  write("merges.txt", "h i\nhi\n");
  expectContains(error(), {"merges.txt", "line 2", "'hi'"});
  write("merges.txt", "h i\nh \xE4\n");
  expectContains(error(), {"merges.txt", "line 2", "UTF-8", "'h \\xe4'"});
}

} // namespace
} // namespace weft
