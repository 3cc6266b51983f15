// Whole models on Vulkan. Skipped where there is no device.

#include "runtime/device/Registry.h"
#include "tests/end_to_end/Command.h"

#include <cmath>

namespace weft::test {
namespace {

class VulkanRun : public CommandTest {
protected:
  void SetUp() override {
    if (auto device = makeDevice("vulkan"); !device)
      GTEST_SKIP() << device.error().message;
    // Nothing of the person's is read or written.
    cache = "XDG_CACHE_HOME=" + folder.file("cache") + " ";
    std::filesystem::create_directory(folder.file("cache"));
  }
  double perplexity(const std::string &text, const std::string &device) {
    std::string out =
        runWell(cache + weft + " eval " + artifact + " --text " + text + " --device " + device);
    size_t at = out.find("perplexity ");
    return at == std::string::npos ? NAN : std::stod(out.substr(at + 11));
  }
  void expectSamePerplexity(const std::string &format) {
    const std::string text = folder.file("text");
    writeFile(text, readFile(demo + "/eval.txt").substr(0, 1500));
    takeModel(demo, "--target cpu,vulkan --quantize " + format);
    if (HasFatalFailure())
      return;
    const double cpu = perplexity(text, "cpu"), vulkan = perplexity(text, "vulkan");
    std::printf("  %s: perplexity %.4f on cpu, %+.4f%% on vulkan\n", format.c_str(), cpu,
                100 * (vulkan / cpu - 1));
    EXPECT_LT(std::abs(vulkan / cpu - 1), 0.001) << format;
  }

  std::string cache;
};

TEST_F(VulkanRun, StoriesAreThoseOfTheModelsAuthor) {
  std::filesystem::path models = sharedPath("models/stories260K");
  if (!std::filesystem::exists(models))
    GTEST_SKIP() << models << " is absent";
  takeModel((models / "stories260K.gguf").string(), "--target vulkan");
  if (HasFatalFailure())
    return;
  EXPECT_EQ(runWell(cache + "WEFT_VULKAN_VALIDATE=1 " + weft + " run " + artifact +
                    " -p 'Once upon a time' --temperature 0 -n 196 --device vulkan"),
            readFile((models / "expected" / "once_upon_a_time.txt").string()));
}

TEST_F(VulkanRun, OneArtifactSaysTheSameOnBothDevices) { expectSamePerplexity("q8"); }

TEST_F(VulkanRun, OneArtifactOfAnyFormatSaysTheSameOnBothDevices) {
  for (const char *format : {"none", "q4"})
    expectSamePerplexity(format);
}

TEST_F(VulkanRun, PipelinesAreKeptAndABrokenCacheDoesNoHarm) {
  takeModel(demo, "--target vulkan");
  if (HasFatalFailure())
    return;
  std::string line =
      cache + weft + " run " + artifact + " -p 'It was' -n 5 --temperature 0 --device vulkan";
  std::string first = runWell(line);
  std::vector<std::filesystem::path> files;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(folder.file("cache/weft")))
    files.push_back(entry.path());
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(runWell(line), first);
  writeFile(files[0].string(), std::string(1000, 'x'));
  EXPECT_EQ(runWell(line), first);
}

TEST_F(VulkanRun, AnArtifactForTheProcessorAloneIsRefused) {
  takeModel(demo);
  if (HasFatalFailure())
    return;
  CommandResult result = run(cache + weft + " run " + artifact + " -p x -n 1 --device vulkan");
  EXPECT_EQ(result.code, 1);
  EXPECT_NE(result.err.find("no program that device 'vulkan' can run"), std::string::npos)
      << result.err;
}

} // namespace
} // namespace weft::test
