// Compiling streams the weights: memory does not grow with the checkpoint.
//
// What is measured is the process's anonymous memory, RssAnon of /proc/PID/status, sampled
// every two milliseconds while weftc runs: pages of mapped files are the system's to take
// back. A limit on all writable memory of the process (RLIMIT_DATA) holds between samples.

#include "tests/end_to_end/Command.h"
#include "tests/frontend/Files.h"

#include <chrono>
#include <sys/resource.h>
#include <thread>

namespace weft::test {
namespace {

constexpr uint64_t mebibyte = 1 << 20;

/// A BF16 Llama of one layer and tied embeddings of `vocabulary` rows of 512. The file is
/// sparse: what the weights are does not matter here.
void writeCheckpoint(const TemporaryDirectory &directory, int64_t vocabulary) {
  directory.write("config.json", R"({"model_type": "llama", "hidden_size": 512,
      "intermediate_size": 32768, "num_hidden_layers": 1, "num_attention_heads": 8,
      "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "hidden_act": "silu",
      "tie_word_embeddings": true, "vocab_size": )" +
                                     std::to_string(vocabulary) + "}");
  std::string header;
  uint64_t end = 0;
  auto add = [&](const std::string &name, int64_t rows, int64_t columns) {
    uint64_t bytes = 2 * rows * columns;
    std::string shape =
        rows == 1 ? std::to_string(columns) : std::to_string(rows) + "," + std::to_string(columns);
    header += (header.empty() ? "{\"" : ",\"") + name +
              ".weight\":{\"dtype\":\"BF16\",\"shape\":[" + shape + "],\"data_offsets\":[" +
              std::to_string(end) + "," + std::to_string(end + bytes) + "]}";
    end += bytes;
  };
  const std::string layer = "model.layers.0.";
  add("model.embed_tokens", vocabulary, 512);
  add("model.norm", 1, 512);
  for (const char *norm : {"input_layernorm", "post_attention_layernorm"})
    add(layer + norm, 1, 512);
  for (const char *product : {"q", "k", "v", "o"})
    add(layer + "self_attn." + product + "_proj", 512, 512);
  for (const char *product : {"gate", "up"})
    add(layer + "mlp." + product + "_proj", 32768, 512);
  add(layer + "mlp.down_proj", 512, 32768);
  std::string file = directory.write("model.safetensors", safetensors(header + "}", ""));
  std::filesystem::resize_file(file, std::filesystem::file_size(file) + end);
}

/// Runs weftc in at most `limit` bytes of writable memory; the most it was seen to use.
uint64_t peakOfCompiling(const std::string &checkpoint, const std::string &artifact,
                         uint64_t limit) {
  pid_t child = ::fork();
  if (child == 0) {
    rlimit data{limit, limit};
    ::setrlimit(RLIMIT_DATA, &data);
    ::execl(WEFT_COMPILER, WEFT_COMPILER, checkpoint.c_str(), "-o", artifact.c_str(),
            "--quantize=q4", nullptr);
    ::_exit(127);
  }
  uint64_t peak = 0;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    std::string text = readFile("/proc/" + std::to_string(child) + "/status");
    if (size_t at = text.find("RssAnon:"); at != std::string::npos)
      peak = std::max<uint64_t>(peak, std::stoull(text.substr(at + 8)) * 1024);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "weftc ended with status " << status;
  return peak;
}

TEST(Memory, OfCompilingDoesNotGrowWithTheCheckpoint) {
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
  GTEST_SKIP() << "sanitizers keep memory of their own";
#endif
  TemporaryDirectory small, large;
  TemporaryFolder folder;
  writeCheckpoint(small, 512);
  writeCheckpoint(large, 262144);
  const uint64_t tensor = 256 * mebibyte, limit = 1024 * mebibyte + tensor;
  uint64_t base = peakOfCompiling(small.path, folder.file("small.weft"), limit);
  uint64_t peak = peakOfCompiling(large.path, folder.file("large.weft"), limit);
  RecordProperty("peak_mebibytes", std::to_string(peak / mebibyte));
  std::printf("  anonymous memory at most %ju MiB; %ju MiB with a tensor of 256 MiB more\n",
              uintmax_t(base / mebibyte), uintmax_t(peak / mebibyte));
  EXPECT_GT(std::filesystem::file_size(folder.file("large.weft")), tensor / 4);
  EXPECT_LT(peak, limit);
  // Far below the bound that the project sets, and what would notice a tensor being held.
  EXPECT_LT(peak, base + 64 * mebibyte);
}

} // namespace
} // namespace weft::test
