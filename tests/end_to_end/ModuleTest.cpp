// Modules as text: what weftc prints can be read, and compiled again.

#include "runtime/artifact/Artifact.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class Module : public CommandTest {
protected:
  /// Code and weights of the artifact: all that a run depends on, but for the tokenizer.
  std::string program() {
    auto opened = Artifact::open(artifact);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().message);
    if (!opened)
      return "";
    const schema::Program *program = opened->metadata().programs()->Get(0);
    std::string result;
    for (auto bytes : {opened->segment(*program->code()), opened->weights()})
      result.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    return result + std::to_string(program->entries()->Get(0)->steps()->size());
  }
};

TEST_F(Module, OfACheckpointCompilesToTheSameProgramFromAnywhere) {
  // The checkpoint is named by a relative path, the module lies and is compiled elsewhere.
  TemporaryDirectory checkpoint;
  GaussianCheckpoint(6).llama().writeHuggingFace(checkpoint);
  std::filesystem::create_directories(folder.file("deep/er"));
  std::filesystem::copy(checkpoint.path, folder.file("checkpoint"));
  for (const char *options : {"", "--quantize=q4"}) {
    compileModel("checkpoint", options);
    std::string direct = program(), logits = logitsOf("5,9,200,31");
    runWell(weftc + " checkpoint --compile-to=import -o deep/er/model.mlir");
    std::filesystem::remove(artifact);
    CommandResult result =
        run("cd deep && " + weftc + " er/model.mlir --allow-source -o " + artifact + " " + options);
    ASSERT_EQ(result.code, 0) << result.err;
    EXPECT_TRUE(program() == direct) << options;
    EXPECT_TRUE(logitsOf("5,9,200,31") == logits) << options;
  }
}

TEST_F(Module, WithATokenizerWritesTheSameText) {
  auto story = [&] { return runWell(weft + " run " + artifact + " -p 'It was' -n 30 --seed 2"); };
  compileModel(demo, "--dump-ir dump");
  std::string direct = story();
  for (const char *phase : {"00-import", "01-canonical"}) {
    compileModel(std::string("dump/") + phase + ".mlir",
                 "--allow-source --tokenizer " + demo + "/tokenizer.json");
    EXPECT_EQ(story(), direct) << phase;
  }
}

TEST_F(Module, OfEveryPhaseIsReadAgainWithItsNames) {
  compileModel(demo, "--quantize=q8 --dump-ir dump");
  // What is merged keeps the names of its parts.
  const char *phases[] = {"00-import", "01-canonical", "02-quantized",
                          "03-fused",  "04-placed",    "05-planned"};
  for (const std::string phase : phases) {
    std::string file = folder.file("dump/" + phase + ".mlir"), text = readFile(file);
    EXPECT_THAT(text, HasSubstr("loc(\"layers.3/attention/q\")")) << phase;
    EXPECT_THAT(text, HasSubstr("loc(\"layers.3/mlp/down\")")) << phase;
    // Printed again it is the same text; weft-opt ends it with an empty line.
    EXPECT_TRUE(runWell(weftOpt + " --mlir-print-debuginfo " + file) == text + "\n") << phase;
    std::string stopped =
        runWell(weftc + " " + demo + " --quantize=q8 --compile-to=" + phase.substr(3));
    EXPECT_TRUE(stopped == text) << "--compile-to=" << phase.substr(3);
  }
  std::set<std::string> files;
  for (const auto &entry : std::filesystem::directory_iterator(folder.file("dump")))
    files.insert(entry.path().filename());
  EXPECT_THAT(files, ::testing::IsSupersetOf({"kernels.ll", "kernels.s", "attend.mlir"}));
  // Each kernel that the program calls is there as the backend wrote it.
  auto opened = Artifact::open(artifact);
  ASSERT_TRUE(opened.has_value());
  for (const schema::Kernel *kernel : *opened->metadata().programs()->Get(0)->kernels())
    EXPECT_THAT(files, ::testing::Contains(kernel->name()->str() + ".mlir"));
}

class BadModule : public CommandTest {
protected:
  void SetUp() override {
    directory = std::make_unique<TemporaryDirectory>();
    text = runWell(weftc + " " + GaussianCheckpoint(7).llama().writeHuggingFace(*directory) +
                   " --compile-to=import");
  }

  /// The module with `from` made `to` is refused in one line that has `said`.
  void expectRefused(const std::string &from, const std::string &to, const std::string &said,
                     const std::string &options = "--allow-source") {
    ASSERT_NE(text.find(from), std::string::npos) << from;
    writeFile(folder.file("model.mlir"), replaced(text, from, to));
    CommandResult result = run(weftc + " model.mlir " + options + " -o " + artifact);
    EXPECT_EQ(result.code, 1) << to;
    EXPECT_THAT(result.err, HasSubstr(said));
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(artifact)) << to;
  }

  /// Changes a byte of a file.
  static void flip(const std::string &file, size_t at) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(at);
    const char byte = char(bytes.get() ^ 1);
    bytes.seekp(at);
    bytes.put(byte);
  }

  std::unique_ptr<TemporaryDirectory> directory;
  std::string text;
};

TEST_F(BadModule, IsRefusedInOneLine) {
  expectRefused("module attributes", "modul attributes", "model.mlir:");
  expectRefused("@forward", "@backward", "@forward");
  expectRefused("weft.vocabulary = 331", "weft.vocabulary = 200000", "200000");
  expectRefused("weft.vocabulary = 331", "weft.vocabulary = 20", "20 columns");
  expectRefused("weft.context = 96", "weft.context = -96", "weft.context");
  expectRefused("weft.family", "weft.famous", "weft.family");
  expectRefused("weft.rms_norm", "weft.rms_abnorm", "rms_abnorm");
  expectRefused(directory->path, "/moved/away", "/moved/away");
  // What the ops' verifiers do not know: VerifyEntry, at a place.
  expectRefused(" {weft.rows}", "", "forward: expected the attribute 'weft.rows' at %rows");
  // A file that whoever reads the module may read, and that is none of its own.
  expectRefused("module attributes", "module attributes",
                "is outside of the module's folder; --allow-source", "");
  // The checkpoint was replaced: by one of the same shape, by one of another size.
  const std::string weights = directory->file("model.safetensors");
  flip(weights, std::filesystem::file_size(weights) - 1);
  expectRefused("module attributes", "module attributes",
                "model.safetensors' is not the file that was imported");
  std::filesystem::resize_file(directory->file("model.safetensors"), 100000);
  expectRefused("module attributes", "module attributes", "model.safetensors");
}

} // namespace
} // namespace weft::test
