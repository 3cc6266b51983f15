#include "tests/models/Models.h"

namespace weft {
namespace {

using namespace test;

const std::vector<float> logits5 = {-1.201639f, 0.537774f,  -1.375205f, 1.401373f,  1.073997f,
                                    0.727283f,  -0.599174f, -1.132650f, -0.831076f, 0.153751f,
                                    -1.141377f, 1.132355f,  0.918985f};
const std::vector<float> logits11 = {0.728844f,  0.653359f,  -0.453906f, 0.461121f, 0.965805f,
                                     -0.707286f, -3.119277f, 1.171218f,  2.522205f, 0.307299f,
                                     -1.674258f, 0.881865f,  0.250151f};

void expectLogits(const std::string &path) {
  Model model(path);
  ASSERT_TRUE(model.module);
  auto found = model.logits(prompt, {5, 11});
  expectNear(found[0], logits5);
  expectNear(found[1], logits11);
}

TEST(Gpt2, HuggingFaceLogits) {
  TemporaryDirectory folder;
  expectLogits(tinyGpt2().writeHuggingFace(folder));
}

TEST(Gpt2, WithoutPrefix) {
  CheckpointContents contents = tinyGpt2();
  contents.tensors = renamed(contents.tensors, {{"transformer.", ""}});
  // Masks, as older checkpoints have them.
  contents.tensors["h.0.attn.bias"] = {{1, 1, 16, 16}, std::vector<float>(256, 1)};
  contents.tensors["h.0.attn.masked_bias"] = {{1}, {-1e4}};
  TemporaryDirectory folder;
  expectLogits(contents.writeHuggingFace(folder));
}

TEST(Gpt2, GgufLogits) {
  TemporaryDirectory folder;
  expectLogits(tinyGpt2Gguf().writeGguf(folder));
}

TEST(Gpt2, GgufWithAnOutputOfItsOwn) {
  CheckpointContents contents = tinyGpt2Gguf();
  contents.tensors["output.weight"] = contents.tensors["token_embd.weight"];
  TemporaryDirectory folder;
  std::string path = contents.writeGguf(folder);
  EXPECT_TRUE(Model(path).parameter("output"));
  expectLogits(path);
}

TEST(Gpt2, MatricesOfLayersAreTransposed) {
  TemporaryDirectory folder;
  Model model(tinyGpt2().writeHuggingFace(folder));
  ParameterOp qkv = model.parameter("layers.1.attention.qkv");
  ASSERT_TRUE(qkv);
  auto source = mlir::cast<SourceAttr>((*qkv.getSources())[0]);
  EXPECT_TRUE(source.getTransposed());
  EXPECT_EQ(source.getType().getShape(), llvm::ArrayRef<int64_t>({8, 24}));
  EXPECT_EQ(qkv.getTensorType().getShape(), llvm::ArrayRef<int64_t>({24, 8}));
  EXPECT_EQ(model.count<ColumnsOp>(), 6);
  EXPECT_FALSE(model.parameter("output"));
  EXPECT_EQ(model.info().family, "gpt2");
  EXPECT_EQ(model.info().context, 16);
}

TEST(Gpt2Errors, HyperParameters) {
  struct Case {
    const char *key, *value;
    std::initializer_list<const char *> expected;
  };
  for (const Case &c : std::initializer_list<Case>{
           {"n_head", "3", {"divides the width 8", "found 3"}},
           {"n_layer", "5000", {"'n_layer' from 1 to 4096", "5000"}},
           {"n_layer", "3", {"'transformer.h.2.ln_1.weight'", "none"}},
           {"n_inner", "16", {"'transformer.h.0.mlp.c_fc.weight'", "[8, 16]", "[8, 32]"}},
           {"n_positions", "32", {"'transformer.wpe.weight'", "[32, 8]", "[16, 8]"}},
           {"activation_function", "\"relu\"", {"'relu' is not supported", "'gelu_new'"}},
           {"scale_attn_by_inverse_layer_idx", "true", {"scale_attn_by_inverse_layer_idx"}},
       }) {
    CheckpointContents contents = tinyGpt2();
    contents.config[c.key] = c.value;
    SCOPED_TRACE(std::string(c.key) + " = " + c.value);
    expectContains(huggingFaceError(contents), c.expected);
  }
}

TEST(Gpt2Errors, MissingBias) {
  CheckpointContents contents = tinyGpt2Gguf();
  contents.tensors.erase("blk.1.attn_output.bias");
  expectContains(ggufError(contents), {"'blk.1.attn_output.bias'", "none"});
}

} // namespace
} // namespace weft
