// One artifact for several processors, on machines that have one of them or none.
//
// qemu-user stands in for those machines: of the x86-64 extensions it knows all up to AVX2, and
// it runs the runtime of this build; AArch64 is run by a program of the runtime's rooms.

#include "tests/Emulator.h"
#include "tests/Shared.h"
#include "tests/end_to_end/Command.h"

#include "runtime/artifact/Artifact.h"
#include "runtime/device/cpu/CpuFeatures.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace weft::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Everything that code is generated for, the one that uses most of a processor not last.
constexpr const char *everyProcessor = "--cpu=x86-64-v3,znver4,x86-64-v4,alderlake,neoverse-n1";

class Processors : public CommandTest {
protected:
  void SetUp() override {
    if (std::string reason = emulatorObstacle(); !reason.empty())
      GTEST_SKIP() << reason;
  }

  /// The bytes of code that inspect finds for its machine, run as `command`.
  std::string codeBytes(const std::string &command) {
    std::string json = runWell(command + " inspect " + artifact + " --json");
    size_t memory = json.find("\"memory\""), code = json.find("\"code\":", memory);
    if (memory == std::string::npos || code == std::string::npos)
      return "";
    return std::to_string(std::atoll(json.c_str() + code + 7));
  }
  /// The same of the program numbered `number`, from the file.
  std::string codeBytesOf(unsigned number) {
    auto opened = Artifact::open(artifact);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
    if (!opened)
      return "";
    return std::to_string(opened->metadata().programs()->Get(number)->code()->bytes());
  }

  /// The text of `count` most likely tokens after a prompt, the prompt before it.
  std::string emulatedText(const std::string &prompt, int64_t count) {
    std::string ids = runWell("printf '%s' '" + prompt + "' | " + weft + " tokenize " + artifact);
    std::ranges::replace(ids, '\n', ' ');
    std::string written = runWell(onEmulated("neoverse-n1") + "write " + artifact + " " +
                                  std::to_string(count) + " " + ids);
    writeFile(folder.file("ids"), ids + written);
    return runWell(weft + " tokenize " + artifact + " --decode <ids");
  }
};

TEST_F(Processors, OfX86TakeTheProgramThatUsesThemMost) {
  if (cpuArchitecture() != "x86_64")
    GTEST_SKIP() << "this machine is " << cpuArchitecture();
  takeModel(demo, everyProcessor);
  unsigned best = hasCpuFeature("avx512vnni") ? 1
                  : hasCpuFeature("avx512vl") ? 2
                  : hasCpuFeature("avxvnni")  ? 3
                                              : 0;
  EXPECT_EQ(codeBytes(weft), codeBytesOf(best));
  EXPECT_EQ(codeBytes("qemu-x86_64 -cpu max " + weft), codeBytesOf(0));

  // What ran there is the program for AVX2, which gives the same bits here.
  runWell("qemu-x86_64 -cpu max " + weft + " eval " + artifact +
          " --tokens 5,9,200,31 --logits emulated.npy");
  takeModel(demo, "--cpu=x86-64-v3");
  EXPECT_TRUE(logitsOf("5,9,200,31") == readFile(folder.file("emulated.npy")));
}

TEST_F(Processors, WithoutAProgramAreToldWhatTheyLack) {
  takeModel(demo, everyProcessor);
  if (cpuArchitecture() == "x86_64") {
    CommandResult old = run("qemu-x86_64 -cpu Nehalem " + weft + " run " + artifact + " -p It");
    EXPECT_EQ(old.code, 1);
    EXPECT_THAT(old.err, HasSubstr("'x86-64-v3' needs 'avx', 'avx2'"));
    EXPECT_THAT(old.err, HasSubstr("'generic' is for 'aarch64', this machine is x86_64"));
  }
  CommandResult small = run(onEmulated("cortex-a53") + "write " + artifact + " 1 5");
  EXPECT_EQ(small.code, 1);
  EXPECT_THAT(small.err, HasSubstr("'generic' needs 'dotprod', which this machine lacks"));
}

TEST_F(Processors, OfAArch64TakeTheirProgramAmongOthers) {
  takeModel(demo, "--quantize=q4s --cpu=x86-64-v3,neoverse-n1");
  std::string text = emulatedText("Once upon a time", 30);
  EXPECT_THAT(text, ::testing::StartsWith("Once upon a time"));
  EXPECT_GT(text.size(), 60u);
  takeModel(demo, "--quantize=q4s --cpu=neoverse-n1");
  EXPECT_EQ(emulatedText("Once upon a time", 30), text);
}

// 200 steps of llama2.c, which count the prompt's tokens after the first.
TEST_F(Processors, OfAArch64WriteTheStoriesOfTheModelsAuthor) {
  std::filesystem::path models = sharedPath("models/stories260K");
  if (!std::filesystem::exists(models))
    GTEST_SKIP() << models << " is absent";
  takeModel((models / "stories260K.gguf").string(), "--quantize=none --cpu=neoverse-n1");
  auto expected = [&](const char *file) { return readFile((models / "expected" / file).string()); };
  EXPECT_EQ(emulatedText("Once upon a time", 196) + "\n", expected("once_upon_a_time.txt"));
  EXPECT_EQ(emulatedText("Tom and Anna went to the", 188) + "\n",
            expected("tom_and_anna_went_to_the.txt"));
}

} // namespace
} // namespace weft::test
