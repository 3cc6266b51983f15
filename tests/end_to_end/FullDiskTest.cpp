// A disk that cannot be written to: one line, exit code 1, nothing left behind.

#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

#include <unistd.h>

namespace weft::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class FullDisk : public CommandTest {
protected:
  /// Runs `line` where "disk" is a small file system of its own, gone with the process.
  /// Files that are on it at the end stand on standard output.
  CommandResult runOnSmallDisk(const std::string &line, const std::string &options) {
    std::filesystem::create_directories(folder.file("disk"));
    return run("unshare --mount sh -c \"mount -t tmpfs -o " + options +
               " weft-test disk || exit 77; " + line +
               "; code=\\$?; find disk -type f; exit \\$code\"");
  }

  void expectRefused(const CommandResult &result, const std::string &file,
                     const std::string &reason) {
    EXPECT_EQ(result.code, 1) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr(file), HasSubstr(reason)));
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    EXPECT_EQ(result.out, "") << "was left";
  }

  /// Mounting takes root, and a container may forbid even that.
  bool canMount() { return runOnSmallDisk("true", "size=1m").code == 0; }
};

TEST_F(FullDisk, LeavesNoArtifact) {
  if (!canMount())
    GTEST_SKIP() << "cannot mount a small file system";
  // Too small for the weights, and for anything at all but a first page.
  for (const char *size : {"size=1m", "size=4k"})
    expectRefused(runOnSmallDisk(weftc + " " + demo + " -o disk/out.weft", size), "disk/out.weft",
                  "No space left");
}

TEST_F(FullDisk, LeavesNoModuleAndNoLogits) {
  if (!canMount())
    GTEST_SKIP() << "cannot mount a small file system";
  expectRefused(
      runOnSmallDisk(weftc + " " + demo + " --compile-to=planned -o disk/out.mlir", "size=16k"),
      "disk/out.mlir", "No space left");
  takeModel(demo, "--quantize=q4");
  std::string ids = "5";
  for (int i = 0; i < 300; ++i)
    ids += ",9"; // 301 rows of 8 KiB
  expectRefused(runOnSmallDisk(weft + " eval model.weft --tokens " + ids + " --logits disk/out.npy",
                               "size=1m"),
                "disk/out.npy", "No space left");
}

TEST_F(FullDisk, IsSaidOfStandardOutput) {
  expectRefused(run(weftc + " " + demo + " --compile-to=fused >/dev/full"), "standard output",
                "No space left");
  takeModel(demo, "--quantize=q4");
  for (const char *command : {"inspect model.weft", "run model.weft -p x -n 3",
                              "tokenize model.weft </dev/null --json"}) {
    CommandResult result = run(weft + " " + command + " >/dev/full");
    EXPECT_EQ(result.code, 1) << command;
    EXPECT_THAT(result.err, HasSubstr("No space left")) << command;
  }
  for (const std::string &line : {weftc + " --help", weftc + " --list-targets",
                                  weft + " conformance --device cpu --only norms --json"})
    expectRefused(run(line + " >/dev/full"), "standard output", "No space left");
}

TEST_F(FullDisk, OfStandardErrorIsNoReasonToFail) {
  for (const char *where : {"2>/dev/full", "2>&-"}) {
    EXPECT_EQ(run(weftc + " " + demo + " --compile-to=fused -o out.mlir -v " + where).code, 0)
        << where;
    EXPECT_EQ(run(weftc + " /no/such/file -o out.weft " + where).code, 1) << where;
    EXPECT_EQ(run(weft + " conformance --device abacus " + where).code, 1) << where;
  }
}

TEST_F(FullDisk, AFileThatMayNotGrowIsNoCrash) {
  // Needs no root: a limit on the size of files, whose signal is ignored.
  CommandResult result =
      run("trap '' XFSZ; ulimit -f 2000; " + weftc + " " + demo + " -o out.weft");
  expectRefused(result, "out.weft", "File too large");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
      << "only standard error";
}

TEST_F(FullDisk, KeepsTheArtifactThatWasThere) {
  takeModel(demo, "--quantize=q4");
  std::string before = readFile(artifact);
  EXPECT_EQ(run("trap '' XFSZ; ulimit -f 2000; " + weftc + " " + demo + " -o " + artifact).code, 1);
  EXPECT_TRUE(readFile(artifact) == before);
}

TEST_F(FullDisk, AFolderThatMayNotBeWrittenIsNamed) {
  if (!canMount())
    GTEST_SKIP() << "cannot mount a read-only file system";
  expectRefused(runOnSmallDisk(weftc + " " + demo + " -o disk/out.weft", "ro"), "disk/out.weft",
                "Read-only");
}

} // namespace
} // namespace weft::test
