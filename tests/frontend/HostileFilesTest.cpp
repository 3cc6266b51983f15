// Files that were cut or changed: an error, or a checkpoint whose bytes can all be read.
#include "Files.h"

#include "runtime/base/Utf8.h"

#include <algorithm>
#include <random>

namespace weft {
namespace {

/// Reads whatever opened; the sanitizers notice what lies outside.
unsigned touch(const Checkpoint &checkpoint) {
  unsigned sum = 0;
  for (const auto &[name, tensor] : checkpoint.tensors())
    for (std::byte byte : tensor.data)
      sum += std::to_integer<unsigned>(byte);
  return sum + checkpoint.tokenizerJson().size();
}

/// One line of UTF-8 that moves no cursor and changes no colour, whatever the file has in it.
void expectPrintable(const std::string &message) {
  EXPECT_TRUE(isValidUtf8(message)) << message;
  EXPECT_TRUE(std::ranges::none_of(message, [](unsigned char byte) {
    return byte < 0x20 || byte == 0x7f;
  })) << message;
}

class HostileFiles : public testing::Test {
protected:
  static std::string gguf() {
    test::GgufWriter writer = test::smallGguf();
    writer.string("tokenizer.ggml.model", "llama")
        .strings("tokenizer.ggml.tokens", {"<unk>", "<s>", "</s>", "▁", "a", "b", "ab", "▁a"})
        .list<float>("tokenizer.ggml.scores", test::GgufWriter::F32, {0, 0, 0, -4, -3, -2, -1, -5})
        .list<int32_t>("tokenizer.ggml.token_type", test::GgufWriter::I32, {2, 3, 3, 1, 1, 1, 1, 1})
        .tensor("a", {32, 2}, 8, std::string(68, 'q'))
        .tensor("b", {8}, 0, std::string(32, 'f'));
    return writer.finish();
  }
  static std::string weights() {
    return test::safetensors(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                                 "b":{"dtype":"BF16","shape":[4],"data_offsets":[8,16]}})",
                             std::string(16, 'x'));
  }
  static constexpr const char *config = R"({"model_type":"llama","a":[1,{"b":null}],"eos":2})";
  static constexpr const char *tokenizer =
      R"({"added_tokens":[{"id":1,"content":"<s>"}],"post_processor":{"type":"ByteLevel"},)"
      R"("model":{"vocab":{"a":0}}})";
  static constexpr const char *tokenizerConfig = R"({"add_bos_token":true,"bos_token":"<s>"})";

  void SetUp() override {
    directory.write("config.json", config);
    directory.write("model.safetensors", weights());
    directory.write("tokenizer.json", tokenizer);
    directory.write("tokenizer_config.json", tokenizerConfig);
    ASSERT_TRUE(test::open(directory.path));
  }

  /// Opens `path` after each of many small changes to `file`, whose contents are `good`.
  void change(const std::string &path, const std::string &file, const std::string &good,
              int rounds) {
    unsigned seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    for (int round = 0; round < rounds; ++round) {
      std::string bytes = good;
      for (int flips = 1 + random() % 3; flips > 0; --flips)
        bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
      directory.write(file, bytes);
      auto checkpoint = openCheckpoint(path);
      if (checkpoint)
        touch(**checkpoint);
      else
        expectPrintable(checkpoint.error().message);
    }
    directory.write(file, good);
  }

  test::TemporaryDirectory directory;
};

TEST_F(HostileFiles, TruncatedGguf) {
  std::string good = gguf();
  std::string path = directory.write("m.gguf", good);
  ASSERT_TRUE(test::open(path));
  for (size_t length = 0; length < good.size(); ++length) {
    directory.write("m.gguf", good.substr(0, length));
    test::openError(path);
  }
}

TEST_F(HostileFiles, TruncatedSafetensors) {
  std::string good = weights();
  for (size_t length = 0; length < good.size(); ++length) {
    directory.write("model.safetensors", good.substr(0, length));
    test::openError(directory.path);
  }
}

TEST_F(HostileFiles, TruncatedJson) {
  for (auto [name, text] :
       {std::pair("config.json", config), std::pair("tokenizer.json", tokenizer),
        std::pair("tokenizer_config.json", tokenizerConfig)}) {
    std::string good = text;
    for (size_t length = 0; length < good.size(); ++length) {
      directory.write(name, good.substr(0, length));
      test::openError(directory.path);
    }
    directory.write(name, good);
  }
}

TEST_F(HostileFiles, ChangedGguf) {
  change(directory.write("m.gguf", gguf()), "m.gguf", gguf(), 400);
}

TEST_F(HostileFiles, ChangedSafetensors) {
  change(directory.path, "model.safetensors", weights(), 400);
}

TEST_F(HostileFiles, ChangedJson) {
  change(directory.path, "config.json", config, 150);
  change(directory.path, "tokenizer.json", tokenizer, 150);
  change(directory.path, "tokenizer_config.json", tokenizerConfig, 150);
}

TEST_F(HostileFiles, DirectoriesAndLinksInPlaceOfFiles) {
  std::filesystem::remove(directory.file("model.safetensors"));
  std::filesystem::create_directory(directory.file("model.safetensors"));
  test::expectContains(test::openError(directory.path), {"model.safetensors", "regular file"});
  std::filesystem::remove(directory.file("config.json"));
  std::filesystem::create_symlink("config.json", directory.file("config.json"));
  test::openError(directory.path);
}

} // namespace
} // namespace weft
