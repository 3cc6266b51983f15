#include "Files.h"

#include <array>

namespace weft {
namespace {

using test::expectContains;

/// Opens a directory whose config.json is `config` and whose weights are `header` + `data`.
std::unique_ptr<Checkpoint> withConfig(const test::TemporaryDirectory &directory,
                                       const std::string &config, const std::string &header = "{}",
                                       const std::string &data = "") {
  directory.write("config.json", config);
  directory.write("model.safetensors", test::safetensors(header, data));
  return test::open(directory.path);
}

TEST(Metadata, LookUps) {
  test::TemporaryDirectory directory;
  auto checkpoint = withConfig(directory, R"({"model_type":"llama","layers":5,"eps":1e-5,
      "theta":10000,"tied":true,"absent":null,"huge":18446744073709551615})");
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->format(), "huggingface");
  EXPECT_EQ(checkpoint->family(), "llama");
  EXPECT_EQ(checkpoint->path(), directory.path);
  EXPECT_EQ(checkpoint->integer("layers"), 5);
  EXPECT_EQ(checkpoint->integer("none", 7), 7);
  EXPECT_EQ(checkpoint->integer("absent", 7), 7);
  EXPECT_EQ(checkpoint->number("eps"), 1e-5);
  EXPECT_EQ(checkpoint->number("theta"), 10000.0);
  EXPECT_EQ(checkpoint->number("none", 0.5), 0.5);
  EXPECT_EQ(checkpoint->number("huge"), 18446744073709551616.0);
  EXPECT_EQ(checkpoint->boolean("tied", false), true);
  EXPECT_EQ(checkpoint->boolean("none", false), false);
  EXPECT_EQ(checkpoint->string("model_type"), "llama");
  expectContains(checkpoint->integer("none").error().message,
                 {directory.path.c_str(), "'none'", "an integer", "no such key"});
  expectContains(checkpoint->integer("eps", 1).error().message,
                 {"'eps'", "an integer", "found a number"});
  expectContains(checkpoint->boolean("layers", true).error().message,
                 {"a boolean", "found an integer"});
  expectContains(checkpoint->string("tied").error().message, {"a string", "found a boolean"});
  expectContains(checkpoint->number("model_type").error().message, {"found a string"});
}

TEST(Metadata, JsonIsFlattened) {
  test::TemporaryDirectory directory;
  auto checkpoint = withConfig(directory, R"({"model_type":"x",
      "rope_scaling":{"factor":8.0,"type":"linear","deep":{"er":1}},
      "sizes":[1,2,3],"mixed":[1,2.5],"flags":[true,false],"empty":[],
      "layer_types":["full","sliding"],"limits":[0.0,Infinity],"nested":[[1],[2,3]]})");
  ASSERT_TRUE(checkpoint);
  const auto &values = checkpoint->metadata();
  EXPECT_EQ(checkpoint->number("rope_scaling.factor"), 8.0);
  EXPECT_EQ(checkpoint->string("rope_scaling.type"), "linear");
  EXPECT_EQ(checkpoint->integer("rope_scaling.deep.er"), 1);
  EXPECT_EQ(values.at("sizes"), MetadataValue(std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(values.at("mixed"), MetadataValue(std::vector<double>{1, 2.5}));
  EXPECT_EQ(values.at("flags"), MetadataValue(std::vector<int64_t>{1, 0}));
  EXPECT_EQ(values.at("empty"), MetadataValue(std::vector<int64_t>{}));
  EXPECT_EQ(checkpoint->string("layer_types.1"), "sliding");
  EXPECT_EQ(values.at("nested.1"), MetadataValue(std::vector<int64_t>{2, 3}));
  EXPECT_EQ(checkpoint->number("limits.0"), 0.0);
  EXPECT_FALSE(values.contains("limits.1"));
}

TEST(Metadata, TensorLookUps) {
  test::TemporaryDirectory directory;
  auto checkpoint = withConfig(directory, R"({"model_type":"x"})",
                               R"({"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},
                                   "ids":{"dtype":"I64","shape":[1],"data_offsets":[8,16]}})",
                               test::raw<float>(1) + test::raw<float>(2) + std::string(8, 'x'));
  ASSERT_TRUE(checkpoint);
  auto tensor = checkpoint->tensor("w", std::array<int64_t, 2>{2, 1});
  ASSERT_TRUE(tensor.has_value()) << tensor.error().message;
  EXPECT_EQ(*tensor, checkpoint->find("w"));
  EXPECT_EQ(test::bytesOf(**tensor), test::raw<float>(1) + test::raw<float>(2));
  expectContains(checkpoint->tensor("w", std::array<int64_t, 2>{1, 2}).error().message,
                 {"model.safetensors", "'w'", "[1, 2]", "[2, 1]"});
  expectContains(checkpoint->tensor("v", std::array<int64_t, 1>{3}).error().message,
                 {"'v'", "[3]", "none of that name"});
  expectContains(checkpoint->tensor("ids", std::array<int64_t, 1>{1}).error().message,
                 {"'ids' is I64; expected F32, F16 or BF16"});
  EXPECT_EQ(checkpoint->find("ids"), nullptr);
  EXPECT_TRUE(checkpoint->contains("ids"));
  EXPECT_TRUE(checkpoint->contains("w"));
  EXPECT_FALSE(checkpoint->contains("v"));
  EXPECT_EQ(checkpoint->tensors().size(), 1u);
}

TEST(OpenCheckpoint, ExplainsWhatIsNoCheckpoint) {
  test::TemporaryDirectory directory;
  expectContains(test::openError(directory.file("none")), {"none", "No such file"});
  directory.write("empty", "");
  expectContains(test::openError(directory.file("empty")), {"is empty"});
  directory.write("other", "PK\x03\x04");
  expectContains(test::openError(directory.file("other")),
                 {"Hugging Face directory or a GGUF file", "'PK\\x03\\x04'"});
  directory.write("other", "\x1b[31m\x80 \xc3\xa9 \xc2\x9b\x7f");
  expectContains(test::openError(directory.file("other")),
                 {"'\\x1b[31m\\x80 \xc3\xa9 \\xc2\\x9b\\x7f'"});
  directory.write("model.safetensors", test::safetensors("{}", ""));
  expectContains(test::openError(directory.file("model.safetensors")), {"directory that holds it"});
}

} // namespace
} // namespace weft
