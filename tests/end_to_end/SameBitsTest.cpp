// Equal to the bit: logits however the tokens come, artifacts whenever they are made.

#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"

namespace weft::test {
namespace {

class SameBits : public CommandTest {
protected:
  void expectSameLogits(const std::string &checkpoint, const std::string &options,
                        int32_t vocabulary) {
    SCOPED_TRACE(checkpoint + " " + options);
    checkpoint == demo ? takeModel(demo, options) : compileModel(checkpoint, options);
    if (HasFatalFailure())
      return;
    std::string ids;
    for (int32_t i = 0; i < 90; ++i)
      ids += (i ? "," : "") + std::to_string((i * 41 + 3) % vocabulary);
    std::string whole = logitsOf(ids, "--threads 1");
    EXPECT_GT(whole.size(), size_t(90) * vocabulary * sizeof(float));
    for (const char *other : {"--threads 2", "--threads 1 --batch 1", "--threads 2 --batch 1",
                              "--threads 2 --batch 31"})
      EXPECT_TRUE(logitsOf(ids, other) == whole) << other;
  }

  /// The artifact's bytes.
  std::string compiled(const std::string &checkpoint, const std::string &options) {
    std::filesystem::remove(artifact);
    compileModel(checkpoint, options);
    return readFile(artifact);
  }
};

TEST_F(SameBits, LogitsOfTheDemoModel) {
  for (const char *quantize : {"none", "q8", "q4"})
    expectSameLogits(demo, std::string("--quantize=") + quantize, 2048);
}

TEST_F(SameBits, LogitsOverACacheOfBlocks) { expectSameLogits(demo, "--kv q8", 2048); }

TEST_F(SameBits, LogitsOfGpt2) {
  TemporaryDirectory directory;
  std::string checkpoint = GaussianCheckpoint(5).gpt2().writeHuggingFace(directory);
  for (const char *quantize : {"none", "q8", "q4"})
    expectSameLogits(checkpoint, std::string("--quantize=") + quantize,
                     GaussianCheckpoint::vocabulary);
}

TEST_F(SameBits, OfTheArtifactOfTheSameInput) {
  for (const char *quantize : {"none", "q4"}) {
    std::string options = std::string("--quantize=") + quantize;
    std::string once = compiled(demo, options + " --threads 1");
    EXPECT_TRUE(compiled(demo, options + " --threads 1") == once) << "a second time, " << options;
    EXPECT_TRUE(compiled(demo, options + " --threads 2") == once) << "two threads, " << options;
  }
}

TEST_F(SameBits, OfTheArtifactWhereverTheCheckpointLies) {
  std::string once = compiled(demo, "--threads 1"), name = folder.path().filename().string();
  std::filesystem::copy(demo, folder.file("demo"));
  // Neither dumping nor the number of threads changes anything.
  std::string moved = compiled("demo", "--threads 2 --dump-ir dump");
  EXPECT_TRUE(moved == once);
  for (const std::string &path : {name, std::string(WEFT_SOURCE_DIR)})
    EXPECT_EQ(moved.find(path), std::string::npos) << "the artifact holds the path " << path;
}

} // namespace
} // namespace weft::test
