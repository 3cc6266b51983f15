// The two forms of a real model say the same.
#include "Files.h"

#include <nlohmann/json.hpp>

namespace weft {
namespace {

using nlohmann::json;

class Stories260K : public testing::Test {
protected:
  void SetUp() override {
    const char *shared = std::getenv("WEFT_SHARED");
    std::string path =
        (shared ? std::string(shared) : WEFT_SOURCE_DIR "/../shared") + "/models/stories260K";
    if (!std::filesystem::exists(path))
      GTEST_SKIP() << "no " << path << "; set WEFT_SHARED to the folder that has models/";
    huggingFace = test::open(path + "/hf");
    gguf = test::open(path + "/stories260K.gguf");
    ASSERT_TRUE(huggingFace && gguf);
  }
  std::string bytes(const Checkpoint &checkpoint, const std::string &name) {
    const CheckpointTensor *tensor = checkpoint.find(name);
    EXPECT_TRUE(tensor) << name;
    return tensor ? test::bytesOf(*tensor) : "";
  }
  void expectSame(const std::string &huggingFaceName, const std::string &ggufName) {
    EXPECT_EQ(bytes(*huggingFace, huggingFaceName), bytes(*gguf, ggufName)) << ggufName;
    EXPECT_EQ(huggingFace->find(huggingFaceName)->shape, gguf->find(ggufName)->shape);
  }

  std::unique_ptr<Checkpoint> huggingFace, gguf;
};

TEST_F(Stories260K, HyperParameters) {
  EXPECT_EQ(huggingFace->family(), "llama");
  EXPECT_EQ(gguf->family(), "llama");
  EXPECT_EQ(huggingFace->integer("num_hidden_layers"), 5);
  EXPECT_EQ(gguf->integer("llama.block_count"), 5);
  EXPECT_EQ(huggingFace->number("rope_theta"), 10000.0);
  EXPECT_FALSE(gguf->metadata().contains("tokenizer.ggml.scores"));
}

TEST_F(Stories260K, Tensors) {
  EXPECT_EQ(huggingFace->tensors().size(), 47u);
  EXPECT_EQ(gguf->tensors().size(), 48u);
  expectSame("model.embed_tokens.weight", "token_embd.weight");
  expectSame("model.embed_tokens.weight", "output.weight"); // tied
  expectSame("model.norm.weight", "output_norm.weight");
  const std::pair<const char *, const char *> names[] = {
      {"input_layernorm", "attn_norm"}, {"post_attention_layernorm", "ffn_norm"},
      {"self_attn.v_proj", "attn_v"},   {"self_attn.o_proj", "attn_output"},
      {"mlp.gate_proj", "ffn_gate"},    {"mlp.up_proj", "ffn_up"},
      {"mlp.down_proj", "ffn_down"}};
  for (int layer = 0; layer < 5; ++layer) {
    std::string from = "model.layers." + std::to_string(layer) + ".";
    std::string to = "blk." + std::to_string(layer) + ".";
    for (auto [name, ggufName] : names)
      expectSame(from + name + ".weight", to + ggufName + ".weight");

    // Rows of the rotary projections differ in order: GGUF has the pairs side by side.
    const size_t rowBytes = 64 * sizeof(float), headRows = 8;
    for (auto [name, ggufName] : {std::pair("q_proj", "attn_q"), std::pair("k_proj", "attn_k")}) {
      std::string half = bytes(*huggingFace, from + "self_attn." + name + ".weight");
      std::string pairs = bytes(*gguf, to + ggufName + ".weight");
      ASSERT_EQ(half.size(), pairs.size());
      for (size_t row = 0; row < half.size() / rowBytes; ++row) {
        size_t head = row / headRows, i = row % headRows;
        size_t other = head * headRows + i % 2 * (headRows / 2) + i / 2;
        EXPECT_EQ(pairs.substr(row * rowBytes, rowBytes), half.substr(other * rowBytes, rowBytes))
            << ggufName << " row " << row;
      }
    }
  }
}

/// Encodes one word the slow way: of all neighbours always the pair of the first merge.
std::vector<int> encode(const json &tokenizer, const std::vector<std::string> &characters) {
  std::map<std::pair<std::string, std::string>, size_t> ranks;
  for (const json &merge : tokenizer["model"]["merges"]) {
    size_t rank = ranks.size();
    if (merge.is_array()) {
      ranks.emplace(std::pair(merge[0], merge[1]), rank);
      continue;
    }
    auto line = merge.get<std::string>();
    size_t cut = line.find(' ');
    ranks.emplace(std::pair(line.substr(0, cut), line.substr(cut + 1)), rank);
  }
  std::vector<std::string> pieces = characters;
  for (;;) {
    size_t best = ranks.size(), at = 0;
    for (size_t i = 0; i + 1 < pieces.size(); ++i)
      if (auto found = ranks.find({pieces[i], pieces[i + 1]});
          found != ranks.end() && found->second < best) {
        best = found->second;
        at = i;
      }
    if (best == ranks.size())
      break;
    pieces[at] += pieces[at + 1];
    pieces.erase(pieces.begin() + at + 1);
  }
  std::vector<int> ids;
  for (const std::string &piece : pieces)
    ids.push_back(tokenizer["model"]["vocab"].at(piece));
  return ids;
}

TEST_F(Stories260K, Tokenizer) {
  json expected = json::parse(huggingFace->tokenizerJson());
  json converted = json::parse(gguf->tokenizerJson());
  std::vector<std::string> text;
  for (const char *word : {"Once", "upon", "a", "time"}) {
    text.push_back("▁");
    for (const char *letter = word; *letter; ++letter)
      text.emplace_back(1, *letter);
  }
  const std::vector<int> ids = {403, 407, 261, 378};
  EXPECT_EQ(encode(expected, text), ids);
  EXPECT_EQ(encode(converted, text), ids);

  // Merges may be written as lines or as pairs; all else is the same value by value.
  for (json &merge : converted["model"]["merges"])
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  EXPECT_EQ(converted, expected);

  EXPECT_EQ(gguf->textDefaults().beginId, 1);
  EXPECT_EQ(gguf->textDefaults().endIds, std::vector<int32_t>{2});
  EXPECT_EQ(huggingFace->textDefaults().beginId, 1);
  EXPECT_EQ(huggingFace->textDefaults().endIds, std::vector<int32_t>{2});
}

} // namespace
} // namespace weft
