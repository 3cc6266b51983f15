#include "tests/models/Models.h"

#include <gmock/gmock.h>

namespace weft {
namespace {

using namespace test;

const std::vector<float> logits5 = {-0.797229f, 0.457526f,  2.839051f, 0.842670f,
                                    1.551787f,  0.125395f,  0.820469f, 0.991534f,
                                    0.776434f,  -2.097303f, 0.295893f};
const std::vector<float> logits11 = {-0.336387f, 0.651592f,  1.610861f, 1.615865f,
                                     0.032101f,  -0.556612f, 1.951397f, 1.061276f,
                                     0.403241f,  -1.003007f, -0.701093f};

TEST(Llama, HuggingFaceLogits) {
  TemporaryDirectory folder;
  Model model(tinyLlama().writeHuggingFace(folder));
  auto found = model.logits(prompt, {5, 11});
  expectNear(found[0], logits5);
  expectNear(found[1], logits11);
}

TEST(Llama, GgufLogits) {
  TemporaryDirectory folder;
  Model model(tinyLlamaGguf().writeGguf(folder));
  auto found = model.logits(prompt, {11, 5});
  expectNear(found[0], logits11);
  expectNear(found[1], logits5);
}

TEST(Llama, GraphOfOneLayer) {
  TemporaryDirectory folder;
  Model model(tinyLlama().writeHuggingFace(folder));
  EXPECT_EQ(model.count<LinearOp>(), 2 * 7 + 1);
  EXPECT_EQ(model.count<RopeTableOp>(), 1);
  EXPECT_EQ(model.count<StateOp>(), 2);
  // The wanted rows are taken before the last norm.
  model.module->walk([](TakeRowsOp op) {
    EXPECT_TRUE(op->hasOneUse());
    EXPECT_TRUE(mlir::isa<RmsNormOp>(*op->user_begin()));
    EXPECT_EQ(nameOf(op->user_begin()->getLoc()), "norm");
  });
  auto forward = model.module->lookupSymbol<mlir::func::FuncOp>("forward");
  ASSERT_TRUE(forward);
  EXPECT_TRUE(forward.isPublic());
  EXPECT_TRUE(forward.getArgAttr(3, rowsAttrName));
  EXPECT_EQ(rowSymbolOf(forward.getBody().front().getTerminator()->getOperand(0)), RowSymbol::Rows);
}

TEST(Llama, NamesAndLocations) {
  TemporaryDirectory folder;
  Model model(tinyLlama().writeHuggingFace(folder));
  ParameterOp q = model.parameter("layers.1.attention.q");
  ASSERT_TRUE(q);
  EXPECT_EQ(nameOf(q.getLoc()), "layers.1/attention/q");
  auto source = mlir::cast<SourceAttr>((*q.getSources())[0]);
  EXPECT_EQ(source.getTensor(), "model.layers.1.self_attn.q_proj.weight");
  EXPECT_FALSE(source.getTransposed());
  EXPECT_TRUE(model.parameter("layers.0.mlp.down.bias"));
  EXPECT_TRUE(model.module->lookupSymbol<StateOp>("layers.1.kv"));
  model.module->walk([](mlir::Operation *op) {
    EXPECT_FALSE(nameOf(op->getLoc()).empty()) << op->getName().getStringRef().str();
  });
}

TEST(Llama, Info) {
  TemporaryDirectory folder;
  CheckpointContents contents = tinyLlama();
  Model model(contents.writeHuggingFace(folder));
  ModelInfo info = model.info();
  EXPECT_EQ(info.family, "llama");
  EXPECT_EQ(info.vocabulary, 11);
  EXPECT_EQ(info.context, 64);
  int64_t count = 0;
  for (const auto &[name, weights] : contents.tensors)
    count += int64_t(weights.values.size());
  EXPECT_EQ(info.weightCount, count);
  EXPECT_EQ(std::get<int64_t>(info.config["kv_heads"]), 2);
  EXPECT_EQ(std::get<double>(info.config["rope_theta"]), 100.0);
  EXPECT_EQ(std::get<std::string>(info.config["rope_scaling"]), "llama3");
}

TEST(Llama, TiedOutputIsTheEmbedding) {
  CheckpointContents contents = tinyLlama();
  contents.config["tie_word_embeddings"] = "true";
  TemporaryDirectory again;
  // As Hugging Face does, a tied model does not look at an output that is stored as well.
  Model stored(contents.writeHuggingFace(again));
  contents.tensors.erase("lm_head.weight");
  TemporaryDirectory folder;
  Model model(contents.writeHuggingFace(folder));
  EXPECT_FALSE(model.parameter("output"));
  EXPECT_EQ(model.count<LinearOp>(), 15);
  EXPECT_EQ(model.logits(prompt, {11}), stored.logits(prompt, {11}));
}

TEST(Llama, KeysAndValuesAreF16UnlessAllIsF32) {
  auto element = [](Model &model) {
    return mlir::cast<KvType>(model.module->lookupSymbol<StateOp>("layers.0.kv").getType())
        .getElement();
  };
  TemporaryDirectory folder;
  std::string path = tinyLlama().writeHuggingFace(folder);
  Model plain(path), chosen(path, ModelOptions{Storage::dense(Scalar::F16)}),
      blocks(path, ModelOptions{Storage::q8()});
  EXPECT_TRUE(element(plain).isF32());
  EXPECT_TRUE(element(chosen).isF16());
  EXPECT_TRUE(element(blocks).isF32());
  EXPECT_EQ(
      storageOf(mlir::cast<KvType>(blocks.module->lookupSymbol<StateOp>("layers.1.kv").getType())),
      Storage::q8());
}

TEST(Llama, StorageOfMatricesIsKeptAndVectorsAreF32) {
  // One matrix and one vector of bf16.
  CheckpointContents contents = tinyLlama();
  TemporaryDirectory folder;
  std::string path = contents.writeHuggingFace(folder);
  std::string header, data;
  auto add = [&](const std::string &name, const Weights &weights, bool half) {
    size_t begin = data.size();
    for (float value : weights.values)
      data += half ? raw(value).substr(2) : raw(value);
    std::string shape;
    for (int64_t size : weights.shape)
      shape += (shape.empty() ? "" : ",") + std::to_string(size);
    header += (header.empty() ? "{\"" : ",\"") + name + "\":{\"dtype\":\"" +
              (half ? "BF16" : "F32") + "\",\"shape\":[" + shape + "],\"data_offsets\":[" +
              std::to_string(begin) + "," + std::to_string(data.size()) + "]}";
  };
  for (const auto &[name, weights] : contents.tensors)
    add(name, weights, name == "model.norm.weight" || name == "lm_head.weight");
  folder.write("model.safetensors", safetensors(header + "}", data));

  Model model(path);
  auto storage = [](mlir::RankedTensorType type) { return storageOf(type).scalar; };
  EXPECT_EQ(storage(model.parameter("output").getTensorType()), Scalar::BF16);
  EXPECT_EQ(storage(model.parameter("norm").getTensorType()), Scalar::F32);
  auto source = mlir::cast<SourceAttr>((*model.parameter("norm").getSources())[0]);
  EXPECT_EQ(storage(source.getType()), Scalar::BF16);
  auto kv = mlir::cast<KvType>(model.module->lookupSymbol<StateOp>("layers.0.kv").getType());
  EXPECT_TRUE(kv.getElement().isF16());
}

TEST(Llama, SlidingWindow) {
  auto windows = [](Model &model) {
    std::vector<std::optional<uint64_t>> found;
    model.module->walk([&](AttendOp op) { found.push_back(op.getWindow()); });
    return found;
  };
  TemporaryDirectory folder, wideFolder, nearFolder, ggufFolder;
  CheckpointContents contents = tinyLlama(), gguf = tinyLlamaGguf();
  Model plain(contents.writeHuggingFace(folder));
  contents.config["model_type"] = R"("mistral")";
  contents.config["sliding_window"] = "64"; // the whole context
  Model wide(contents.writeHuggingFace(wideFolder));
  EXPECT_EQ(windows(wide), windows(plain));
  contents.config["sliding_window"] = "3";
  Model near(contents.writeHuggingFace(nearFolder));
  EXPECT_THAT(windows(near), testing::Each(testing::Optional(3)));
  EXPECT_EQ(std::get<int64_t>(near.info().config["sliding_window"]), 3);
  gguf.config["llama.attention.sliding_window"] = "3";
  Model nearGguf(gguf.writeGguf(ggufFolder));
  EXPECT_EQ(windows(nearGguf), windows(near));
  // A window is not seen in logits before it is full.
  EXPECT_EQ(near.logits({1, 2, 3}, {2}), wide.logits({1, 2, 3}, {2}));
  EXPECT_NE(near.logits({1, 2, 3, 4}, {3}), wide.logits({1, 2, 3, 4}, {3}));
}

// --- What is refused

TEST(LlamaErrors, WrongShape) {
  CheckpointContents contents = tinyLlama();
  contents.tensors["model.layers.1.self_attn.k_proj.weight"] =
      contents.tensors["model.layers.1.self_attn.q_proj.weight"];
  expectContains(huggingFaceError(contents),
                 {"'model.layers.1.self_attn.k_proj.weight'", "[12, 12]", "[24, 12]"});
}

TEST(LlamaErrors, MissingTensors) {
  CheckpointContents contents = tinyLlama();
  contents.tensors.erase("model.layers.0.mlp.up_proj.weight");
  expectContains(huggingFaceError(contents), {"'model.layers.0.mlp.up_proj.weight'", "none"});
  contents = tinyLlama();
  contents.tensors.erase("model.layers.1.self_attn.v_proj.bias");
  expectContains(huggingFaceError(contents), {"'model.layers.1.self_attn.v_proj.bias'", "none"});
  contents = tinyLlamaGguf();
  contents.tensors.erase("token_embd.weight");
  expectContains(ggufError(contents), {"'token_embd.weight'", "none"});
}

TEST(LlamaErrors, UnusedTensor) {
  CheckpointContents contents = tinyLlama();
  contents.tensors["model.layers.0.self_attn.q_norm.weight"] = {{6}, std::vector<float>(6, 1)};
  expectContains(huggingFaceError(contents),
                 {"'model.layers.0.self_attn.q_norm.weight'", "no place"});
  contents = tinyLlama();
  contents.config["attention_bias"] = "false";
  expectContains(huggingFaceError(contents), {"_proj.bias'", "no place"});
  contents = tinyLlama();
  contents.tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = {{3}, {1, 1, 1}};
  TemporaryDirectory folder;
  EXPECT_TRUE(Model(contents.writeHuggingFace(folder)).module);
}

TEST(LlamaErrors, HyperParameters) {
  struct Case {
    const char *key, *value;
    std::initializer_list<const char *> expected;
  };
  for (const Case &c : std::initializer_list<Case>{
           {"num_hidden_layers", "0", {"'num_hidden_layers' from 1 to 4096", "found 0"}},
           {"num_hidden_layers", "1000000000", {"'num_hidden_layers'", "1000000000"}},
           {"hidden_size", "-12", {"'hidden_size'", "-12"}},
           {"hidden_size", "9223372036854775807", {"'hidden_size'", "9223372036854775807"}},
           {"num_attention_heads", "\"4\"", {"'num_attention_heads'", "integer", "string"}},
           {"num_key_value_heads", "3", {"divides the 4 heads", "found 3"}},
           {"head_dim", "5", {"even number of rotated elements", "5"}},
           {"vocab_size", "0", {"'vocab_size'"}},
           {"vocab_size", "12", {"'model.embed_tokens.weight'", "[12, 12]", "[11, 12]"}},
           {"rms_norm_eps", "0", {"'rms_norm_eps' above 0"}},
           {"rope_theta", "-1.0", {"'rope_theta' above 0"}},
           {"hidden_act", "\"relu\"", {"'hidden_act' 'relu' is not supported", "'silu'"}},
           {"tie_word_embeddings", "1", {"'tie_word_embeddings'", "boolean"}},
           {"sliding_window", "0", {"'sliding_window' from 1"}},
           {"partial_rotary_factor", "0.5", {"'partial_rotary_factor'"}},
           {"rope_scaling",
            R"({"rope_type": "yarn", "factor": 4.0})",
            {"'rope_scaling.rope_type' 'yarn' is not supported", "'llama3'", "'linear'"}},
           {"rope_scaling", R"({"type": "dynamic", "factor": 2.0})", {"'dynamic'"}},
           {"rope_scaling", R"({"factor": 2.0})", {"'rope_type'", "none"}},
           {"rope_scaling", R"({"rope_type": "llama3"})", {"'rope_scaling.factor'"}},
           {"rope_scaling",
            R"({"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 4,
                "original_max_position_embeddings": 32})",
            {"'rope_scaling.high_freq_factor' above"}},
       }) {
    CheckpointContents contents = tinyLlama();
    contents.config[c.key] = c.value;
    SCOPED_TRACE(std::string(c.key) + " = " + c.value);
    expectContains(huggingFaceError(contents), c.expected);
  }
}

TEST(LlamaErrors, GgufHyperParameters) {
  struct Case {
    const char *key, *value;
    std::initializer_list<const char *> expected;
  };
  for (const Case &c : std::initializer_list<Case>{
           {"llama.block_count", "0", {"'llama.block_count'", "found 0"}},
           {"llama.attention.value_length", "4", {"length of the keys, 6", "4"}},
           {"llama.rope.dimension_count", "8", {"'llama.rope.dimension_count' from 1 to 6", "8"}},
           {"llama.rope.scaling.type", "\"yarn\"", {"'yarn' is not supported"}},
           {"llama.vocab_size", "12", {"'token_embd.weight'", "[12, 12]", "[11, 12]"}},
       }) {
    CheckpointContents contents = tinyLlamaGguf();
    contents.config[c.key] = c.value;
    SCOPED_TRACE(std::string(c.key) + " = " + c.value);
    expectContains(ggufError(contents), c.expected);
  }
  CheckpointContents contents = tinyLlamaGguf();
  contents.config.erase("llama.embedding_length");
  expectContains(ggufError(contents), {"'llama.embedding_length'", "no such key"});
  contents = tinyLlamaGguf();
  contents.tensors["rope_freqs.weight"].values[1] = 0;
  expectContains(ggufError(contents), {"'rope_freqs.weight'", "above 0"});
}

} // namespace
} // namespace weft
