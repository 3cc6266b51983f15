// From a checkpoint to text, through the programs.

#include "tests/Shared.h"
#include "tests/end_to_end/Command.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft::test {
namespace {

const std::string weftc = WEFT_COMPILER, weft = WEFT_RUNTIME;

class Text : public ::testing::Test {
protected:
  void compileModel(const std::string &checkpoint, const std::string &options = "") {
    auto result = runCommand(folder.path().string(), weftc + " " + checkpoint + " -o " + artifact + " " + options);
    ASSERT_EQ(result.code, 0) << result.err;
  }

  double perplexity(const std::string &text) {
    auto result = runCommand(folder.path().string(), weft + " eval " + artifact + " --text " + text);
    EXPECT_EQ(result.code, 0) << result.err;
    size_t at = result.out.find("perplexity ");
    return at == std::string::npos ? NAN : std::stod(result.out.substr(at + 11));
  }

  TemporaryFolder folder;
  const std::string artifact = folder.file("model.weft");
};

TEST_F(Text, StoriesAreThoseOfTheModelsAuthor) {
  std::filesystem::path models = sharedPath("models/stories260K");
  if (!std::filesystem::exists(models))
    GTEST_SKIP() << models << " is absent";
  struct Story {
    const char *prompt, *file;
    int newTokens; // llama2.c's 200 steps count the prompt's tokens after the first
  };
  for (const char *form : {"stories260K.gguf", "hf"}) {
    compileModel((models / form).string(), "--quantize=none");
    for (const Story &story : {Story{"Once upon a time", "once_upon_a_time.txt", 196},
                               Story{"Tom and Anna went to the", "tom_and_anna_went_to_the.txt", 0}})
      for (const char *threads : {"1", "2"}) {
        int count = story.newTokens;
        if (count == 0) {
          auto ids = runCommand(folder.path().string(), "printf '%s' '" + std::string(story.prompt) + "' | " + weft +
                                                            " tokenize " + artifact + " | wc -w");
          count = 201 - std::stoi(ids.out);
        }
        auto result = runCommand(folder.path().string(),
                                 weft + " run " + artifact + " -p '" + story.prompt + "' --temperature 0 -n " +
                                     std::to_string(count) + " --threads " + threads);
        EXPECT_EQ(result.code, 0) << result.err;
        EXPECT_EQ(result.out, readFile((models / "expected" / story.file).string()))
            << form << ", " << threads << " threads";
      }
  }
}

TEST_F(Text, SameSeedSameText) {
  compileModel(WEFT_SOURCE_DIR "/models/demo");
  auto write = [&](const std::string &options) {
    return runCommand(folder.path().string(), weft + " run " + artifact + " -p 'It was' -n 40 " + options).out;
  };
  std::string first = write("--seed 3 --threads 1");
  EXPECT_GT(first.size(), 40u);
  EXPECT_EQ(write("--seed 3 --threads 2"), first);
  EXPECT_NE(write("--seed 4 --threads 2"), first);
}

TEST_F(Text, QuantizationCostsTheDemoModelLittle) {
  // The first part of the held-out text; the whole takes longer and says the same.
  std::string text = folder.file("text");
  writeFile(text, readFile(WEFT_SOURCE_DIR "/models/demo/eval.txt").substr(0, 16000));
  std::string demo = WEFT_SOURCE_DIR "/models/demo";
  compileModel(demo);
  double plain = perplexity(text);
  compileModel(demo, "--quantize=q8");
  double q8 = perplexity(text);
  compileModel(demo, "--quantize=q4");
  double q4 = perplexity(text);
  std::printf("  perplexity %.3f, q8 %+.3f%%, q4 %+.3f%%\n", plain, 100 * (q8 / plain - 1), 100 * (q4 / plain - 1));
  EXPECT_LT(std::abs(q8 / plain - 1), 0.005);
  EXPECT_LT(std::abs(q4 / plain - 1), 0.06);
}

TEST_F(Text, TheSameInputGivesTheSameBytes) {
  for (const char *options : {"", "--quantize=q4"}) {
    compileModel(WEFT_SOURCE_DIR "/models/demo", std::string(options) + " --threads 1");
    std::string once = readFile(artifact);
    compileModel(WEFT_SOURCE_DIR "/models/demo", std::string(options) + " --threads 2");
    EXPECT_EQ(readFile(artifact), once);
  }
}

TEST_F(Text, ADumpedModuleCompilesToTheSameModel) {
  std::string demo = WEFT_SOURCE_DIR "/models/demo", dump = folder.file("dump");
  compileModel(demo, "--dump-ir " + dump);
  for (const char *file : {"00-import.mlir", "01-canonical.mlir", "02-quantized.mlir", "03-fused.mlir",
                           "04-placed.mlir", "05-planned.mlir", "kernels.ll", "kernels.s", "attend.mlir"})
    EXPECT_TRUE(std::filesystem::exists(dump + "/" + file)) << file;
  EXPECT_NE(readFile(dump + "/05-planned.mlir").find("layers.3/attention/"), std::string::npos);
  auto logits = [&] {
    auto result = runCommand(folder.path().string(), weft + " eval " + artifact + " --tokens 5,9,200,31 --logits " +
                                                         folder.file("logits.npy"));
    EXPECT_EQ(result.code, 0) << result.err;
    return readFile(folder.file("logits.npy"));
  };
  std::string direct = logits();
  compileModel(dump + "/00-import.mlir");
  EXPECT_EQ(logits(), direct);
}

} // namespace
} // namespace weft::test
