// What goes wrong gives one clear line and exit code 1, and leaves nothing behind.

#include "tests/Shared.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sys/stat.h>

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

class BadInput : public CommandTest {
protected:
  /// One line on standard error that matches, exit code 1, nothing written.
  template <typename Matcher> void expectRefused(const std::string &line, const Matcher &matcher) {
    CommandResult result = run(line);
    EXPECT_EQ(result.code, 1) << line << "\n" << result.err;
    EXPECT_THAT(result.err, matcher) << line;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << line << "\n"
                                                                         << result.err;
    for (const auto &entry : std::filesystem::directory_iterator(folder.path())) {
      EXPECT_NE(entry.path(), artifact) << line;
      EXPECT_NE(entry.path().extension(), ".tmp") << line;
    }
  }
  std::string compileOf(const std::string &checkpoint) {
    return weftc + " " + checkpoint + " -o " + artifact;
  }
};

TEST_F(BadInput, Checkpoints) {
  expectRefused(compileOf("/no/such/file"), HasSubstr("/no/such/file"));
  ASSERT_EQ(::mkfifo(folder.file("pipe").c_str(), 0600), 0);
  expectRefused(compileOf(folder.file("pipe")), HasSubstr("expected a regular file")); // at once
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
  expectRefused(compileOf(unknown->path),
                AllOf(HasSubstr("warp"), HasSubstr("llama"), HasSubstr("gpt2")));
  auto shape =
      variant([](auto &c) { c.tensors["model.layers.1.mlp.up_proj.weight"].shape = {256, 512}; });
  expectRefused(compileOf(shape->path), AllOf(HasSubstr("model.layers.1.mlp.up_proj.weight"),
                                              HasSubstr("[512, 256]"), HasSubstr("[256, 512]")));
  for (const char *key : {"bos_token_id", "eos_token_id"}) {
    auto outside = variant([key](auto &c) { c.config[key] = "1000000"; });
    expectRefused(compileOf(outside->path),
                  AllOf(HasSubstr("token below the vocabulary of"), HasSubstr("found 1000000")));
  }
  auto endless = variant([](auto &) {});
  writeFile(endless->path + "/tokenizer_config.json",
            "{\"eos_token\": \"" + std::string(5000, 'e') + "\"}");
  expectRefused(compileOf(endless->path), HasSubstr("tokens of at most 4096 bytes, found 5000"));
  auto missing = variant([](auto &c) { c.tensors.erase("model.norm.weight"); });
  expectRefused(compileOf(missing->path), HasSubstr("model.norm.weight"));
  auto cut = variant([](auto &) {});
  for (size_t length : {100000, 1000, 7, 0}) {
    std::filesystem::resize_file(cut->path + "/model.safetensors", length);
    expectRefused(compileOf(cut->path), HasSubstr("model.safetensors"));
  }
}

TEST_F(BadInput, GgufFiles) {
  TemporaryDirectory directory;
  CheckpointContents contents = GaussianCheckpoint(1).llamaGguf();
  std::string whole = contents.writeGguf(directory);
  for (size_t length : {100000, 1000, 7}) {
    std::filesystem::resize_file(whole, length);
    expectRefused(compileOf(whole), HasSubstr("model.gguf"));
  }
  contents.config["general.architecture"] = "\"warp\"";
  expectRefused(compileOf(contents.writeGguf(directory)),
                AllOf(HasSubstr("warp"), HasSubstr("llama"), HasSubstr("gpt2")));
}

/// A module that gives rows of a table of `rows` equal ones as the logits of 8 tokens.
std::string tableModule(int rows, const std::string &value) {
  std::string type = "tensor<" + std::to_string(rows) + "x8xf32>";
  return R"(module attributes {weft.family = "test", weft.vocabulary = 8 : i64,
      weft.context = 16 : i64, weft.weight_count = 32 : i64, weft.config = {}} {
    weft.parameter @table : )" +
         type + " = dense<" + value + "> : " + type + R"(
    func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>,
                       %rows: tensor<?xi32> {weft.rows}) -> tensor<?x8xf32> {
      %t = weft.weight @table : )" +
         type + R"(
      %x = weft.embed %tokens in %t : (tensor<?xi32>, )" +
         type + R"() -> tensor<?x8xf32>
      %y = weft.take_rows %x at %rows : (tensor<?x8xf32>, tensor<?xi32>) -> tensor<?x8xf32>
      return %y : tensor<?x8xf32>
    }
  })";
}

TEST_F(BadInput, AModuleWhoseTableIsTooShort) {
  // The runtime lets tokens up to the vocabulary through; the table must have them all.
  std::string module = folder.file("module.mlir");
  writeFile(module, tableModule(4, "1.0"));
  expectRefused(compileOf(module), AllOf(HasSubstr("8 rows"), HasSubstr("found 4")));
}

TEST_F(BadInput, WeightsThatTheScalesOfAFormatCannotHold) {
  std::string module = folder.file("module.mlir");
  auto compiled = [&](const std::string &value) {
    writeFile(module, tableModule(8, value));
    return compileOf(module) + " --quantize=q4s";
  };
  expectRefused(compiled("31.0"), AllOf(HasSubstr("up to 30;"), HasSubstr("'table'")));
  EXPECT_EQ(run(compiled("-29.0")).code, 0);
}

TEST_F(BadInput, CompilerOptions) {
  expectRefused(compileOf(demo) + " --cpu=z80", HasSubstr("z80"));
  expectRefused(compileOf(demo) + " --cpu=x86-64-v3,z80", HasSubstr("z80"));
  expectRefused(compileOf(demo) + " --cpu=x86-64-v3,native,x86-64-v3",
                HasSubstr("every processor once"));
  expectRefused(compileOf(demo) + " --target=abacus", HasSubstr("no target 'abacus'"));
  expectRefused(compileOf(demo) + " --context 100000", HasSubstr("512"));
  expectRefused(weftc + " " + demo + " -o /no/such/folder/out.weft", HasSubstr("/no/such/folder"));
  expectRefused(weftc + " " + demo + " -o " + folder.path().string(), HasSubstr(folder.path()));
  expectRefused(compileOf(demo) + " --dump-ir /dev/null/dump", HasSubstr("/dev/null/dump"));
}

TEST_F(BadInput, TokenizersThatCannotBeRead) {
  std::string tokenizer = folder.file("tokenizer.json");
  writeFile(tokenizer, R"({"model": {"type": "Guess"}})");
  expectRefused(compileOf(demo) + " --tokenizer " + tokenizer,
                AllOf(HasSubstr(tokenizer), HasSubstr("'Guess' is not supported")));
  // A checkpoint's own leaves a model that computes.
  TemporaryDirectory directory;
  GaussianCheckpoint(1).llama().writeHuggingFace(directory);
  writeFile(directory.path + "/tokenizer.json", readFile(tokenizer));
  CommandResult compiled = run(compileOf(directory.path));
  EXPECT_EQ(compiled.code, 0) << compiled.err;
  EXPECT_THAT(compiled.err, HasSubstr("takes token ids and no text"));
  EXPECT_NE(logitsOf("1,2"), "");
}

TEST_F(BadInput, UsageEndsWithTwo) {
  for (const std::string &line :
       {weftc, compileOf(demo) + " --quantize=q3", compileOf(demo) + " --quantize=q4s --scale=f16",
        weftc + " " + demo, compileOf(demo) + " --scale=bf16", compileOf(demo) + " --json",
        compileOf(demo) + " --no-such-option", compileOf(demo) + " --compile-to=nowhere",
        compileOf(demo) + " --threads 0", weft, weft + " walk", weft + " run",
        weft + " run x.weft --temperature nan", weft + " eval x.weft"}) {
    CommandResult result = run(line);
    EXPECT_EQ(result.code, 2) << line;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << line << "\n" << result.err;
    EXPECT_THAT(result.err, ContainsRegex("^weftc?: .*see weft.* --help"));
    EXPECT_FALSE(std::filesystem::exists(artifact)) << line;
  }
  EXPECT_EQ(run(weftc + " --help").code, 0);
  EXPECT_EQ(run(weft + " --help").code, 0);
}

TEST_F(BadInput, ArtifactsAndPrompts) {
  std::string good = folder.file("good.weft"), bad = folder.file("bad.weft");
  ASSERT_EQ(compileOnce(demo, "", good).code, 0);
  expectRefused(weft + " run /no/such/file.weft -p x", HasSubstr("/no/such/file.weft"));
  writeFile(bad, "this is no artifact");
  expectRefused(weft + " run " + bad + " -p x", HasSubstr("bad.weft"));
  std::string bytes = readFile(good);
  writeFile(bad, bytes.substr(0, bytes.size() / 2));
  expectRefused(weft + " run " + bad + " -p x", HasSubstr("bad.weft"));
  std::string newer = bytes;
  newer[8] = 99; // the version of the format
  writeFile(bad, newer);
  expectRefused(weft + " inspect " + bad, ContainsRegex("99.*2"));

  std::string longPrompt = folder.file("prompt");
  std::ofstream prompt(longPrompt);
  for (int i = 0; i < 2000; ++i)
    prompt << "word ";
  prompt.close();
  expectRefused(weft + " run " + good + " -f " + longPrompt, HasSubstr("512"));
  expectRefused(weft + " run " + good + " -p 'some words to begin with' --context 3",
                HasSubstr("3"));
  expectRefused(weft + " run " + good + " -p x --context 100000", HasSubstr("512"));
  std::string logits = " --logits " + folder.file("logits.npy");
  expectRefused(weft + " eval " + good + " --tokens 5,5000" + logits, HasSubstr("5000"));
  expectRefused(weft + " eval " + good + " --tokens five" + logits, HasSubstr("five"));
  expectRefused(weft + " eval " + good + " --text /no/such/text", HasSubstr("/no/such/text"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("logits.npy")));
}

TEST_F(BadInput, FlippedAndTruncatedArtifacts) {
  // ArtifactTest.DamageAnywhereIsFound tries 2,000 in one process; here, that the program says
  // it in one line.
  std::string good = folder.file("good.weft"), bad = folder.file("bad.weft");
  ASSERT_EQ(compileOnce(demo, "--quantize=q4", good).code, 0);
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
