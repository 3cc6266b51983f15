// What goes wrong gives one clear line and exit code 1, and leaves nothing behind.

#include "tests/Shared.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

#include <fstream>

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string weftc = WEFT_COMPILER, weft = WEFT_RUNTIME;

class BadInput : public ::testing::Test {
protected:
  CommandResult run(const std::string &line) { return runCommand(folder.path().string(), line); }

  /// One line on standard error that matches, exit code 1.
  template <typename Matcher> void expectRefused(const std::string &line, const Matcher &matcher) {
    CommandResult result = run(line);
    EXPECT_EQ(result.code, 1) << line << "\n" << result.err;
    EXPECT_THAT(result.err, matcher) << line;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << line << "\n" << result.err;
    EXPECT_FALSE(std::filesystem::exists(artifact)) << line;
  }
  std::string compileOf(const std::string &checkpoint) { return weftc + " " + checkpoint + " -o " + artifact; }

  TemporaryFolder folder;
  const std::string artifact = folder.file("out.weft");
  const std::string demo = WEFT_SOURCE_DIR "/models/demo";
};

TEST_F(BadInput, Checkpoints) {
  expectRefused(compileOf("/no/such/file"), HasSubstr("/no/such/file"));
  std::filesystem::create_directory(folder.file("empty"));
  expectRefused(compileOf(folder.file("empty")), HasSubstr("config.json"));

  auto variant = [&](auto change) {
    auto directory = std::make_unique<TemporaryDirectory>();
    CheckpointContents contents = GaussianCheckpoint(1).llama();
    change(contents);
    contents.writeHuggingFace(*directory);
    return directory;
  };
  auto unknown = variant([](auto &c) { c.config["model_type"] = "\"warp\""; });
  expectRefused(compileOf(unknown->path), AllOf(HasSubstr("warp"), HasSubstr("llama"), HasSubstr("gpt2")));
  auto shape = variant([](auto &c) { c.tensors["model.layers.1.mlp.up_proj.weight"].shape = {256, 512}; });
  expectRefused(compileOf(shape->path), AllOf(HasSubstr("model.layers.1.mlp.up_proj.weight"), HasSubstr("256"), HasSubstr("512")));
  auto missing = variant([](auto &c) { c.tensors.erase("model.norm.weight"); });
  expectRefused(compileOf(missing->path), HasSubstr("model.norm.weight"));
  auto cut = variant([](auto &) {});
  std::filesystem::resize_file(cut->path + "/model.safetensors", 100000);
  expectRefused(compileOf(cut->path), HasSubstr("model.safetensors"));
}

TEST_F(BadInput, CompilerOptions) {
  expectRefused(compileOf(demo) + " --cpu=z80", HasSubstr("z80"));
  expectRefused(compileOf(demo) + " --context 100000", HasSubstr("512"));
  expectRefused(weftc + " " + demo + " -o /no/such/folder/out.weft", HasSubstr("/no/such/folder"));
  EXPECT_EQ(run(weftc).code, 2);
  EXPECT_EQ(run(compileOf(demo) + " --quantize=q3").code, 2);
  EXPECT_EQ(run(weft + " run").code, 2);
  EXPECT_EQ(run(weftc + " --help").code, 0);
  EXPECT_EQ(run(weft + " --help").code, 0);
}

TEST_F(BadInput, AFullDisk) {
  // A limit on the size of files stands for a disk that ends; the signal that it sends is
  // ignored, so that writing fails as on a full disk.
  expectRefused("trap '' XFSZ; ulimit -f 2000; " + compileOf(demo), HasSubstr("out.weft"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "only standard error";
}

TEST_F(BadInput, ArtifactsAndPrompts) {
  std::string good = folder.file("good.weft"), bad = folder.file("bad.weft");
  ASSERT_EQ(run(weftc + " " + demo + " -o " + good).code, 0);
  expectRefused(weft + " run /no/such/file.weft -p x", HasSubstr("/no/such/file.weft"));
  writeFile(bad, "this is no artifact");
  expectRefused(weft + " run " + bad + " -p x", HasSubstr("bad.weft"));
  std::string bytes = readFile(good);
  writeFile(bad, bytes.substr(0, bytes.size() / 2));
  expectRefused(weft + " run " + bad + " -p x", HasSubstr("bad.weft"));
  std::string newer = bytes;
  newer[8] = 99; // the version of the format
  writeFile(bad, newer);
  expectRefused(weft + " inspect " + bad, AllOf(HasSubstr("99"), HasSubstr("1")));

  std::string longPrompt = folder.file("prompt");
  std::ofstream prompt(longPrompt);
  for (int i = 0; i < 2000; ++i)
    prompt << "word ";
  prompt.close();
  expectRefused(weft + " run " + good + " -f " + longPrompt, HasSubstr("512"));
}

TEST_F(BadInput, FlippedAndTruncatedArtifacts) {
  // The same is tried 2,000 times in one process in HostileArtifactTest; here, that the
  // program says it in one line.
  std::string good = folder.file("good.weft"), bad = folder.file("bad.weft");
  ASSERT_EQ(run(weftc + " " + demo + " -o " + good + " --quantize=q4").code, 0);
  std::string bytes = readFile(good);
  for (size_t i = 0; i < 8; ++i) {
    std::string flipped = bytes;
    flipped[(bytes.size() - 1) * i / 7] ^= 1 << i;
    writeFile(bad, flipped);
    expectRefused(weft + " run " + bad + " -p x", HasSubstr("bad.weft"));
  }
}

} // namespace
} // namespace weft::test
