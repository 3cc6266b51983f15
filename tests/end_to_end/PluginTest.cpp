// Backends of plug-ins, through the programs.

#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace weft::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string folderOfPlugins = WEFT_PLUGINS;
const std::string partial = " --plugin " + folderOfPlugins + "/partial.so ";
const std::string otherVersion = " --plugin " + folderOfPlugins + "/other-version.so ";

class Plugin : public CommandTest {
protected:
  /// What `weft` writes after "Tom and Anna" or what the prompt is.
  std::string write(const std::string &options, const std::string &prompt = "It was",
                    int count = 12) {
    return runWell(weft + " run " + artifact + " -p '" + prompt + "' -n " + std::to_string(count) +
                   " --temperature 0 " + options);
  }
};

TEST_F(Plugin, StoriesOnTheReferenceAreThoseOfTheModelsAuthor) {
  std::filesystem::path models = sharedPath("models/stories260K");
  if (!std::filesystem::exists(models))
    GTEST_SKIP() << models << " is absent";
  takeModel((models / "stories260K.gguf").string(), "--target reference");
  ASSERT_FALSE(HasFatalFailure());
  EXPECT_EQ(write("--device reference", "Once upon a time", 196),
            readFile((models / "expected/once_upon_a_time.txt").string()));
}

TEST_F(Plugin, TheExampleWritesThatStoryToo) {
  std::filesystem::path models = sharedPath("models/stories260K");
  if (!std::filesystem::exists(models))
    GTEST_SKIP() << models << " is absent";
  // docs/writing-a-backend.md, whose commands are tested too, with the demo model.
  runWell("cmake --install " WEFT_BUILD_DIR " --prefix weft");
  runWell("CXX=" WEFT_CXX " cmake -S " WEFT_SOURCE_DIR
          "/examples/c-backend -B c-backend -DCMAKE_PREFIX_PATH=$PWD/weft");
  runWell("cmake --build c-backend");
  ASSERT_FALSE(HasFailure());
  runWell("weft/bin/weftc " + (models / "hf").string() +
          " -o c.weft --plugin c-backend/c.so --target c");
  EXPECT_EQ(
      runWell("weft/bin/weft run c.weft --plugin c-backend/c.so --device c -p 'Once upon a time' "
              "--temperature 0 -n 196"),
      readFile((models / "expected/once_upon_a_time.txt").string()));
}

TEST_F(Plugin, OneArtifactForSeveralTargets) {
  takeModel(demo, "--target cpu");
  const auto alone = std::filesystem::file_size(artifact);
  const std::string expected = write("");
  takeModel(demo, "--target cpu,reference");
  EXPECT_EQ(write("--device cpu"), expected);
  EXPECT_EQ(write("--device reference"), expected);
  // Tiled matrices are there twice, vectors once.
  EXPECT_LT(std::filesystem::file_size(artifact), 2.2 * alone);
  const auto json = nlohmann::json::parse(runWell(weft + " inspect --json " + artifact));
  ASSERT_EQ(json["programs"].size(), 2u);
  EXPECT_EQ(json["programs"][1]["target"], "reference");
  // A session maps what its device reads.
  EXPECT_LT(json["memory"]["weights"], json["memory"]["rest_of_file"]);
}

TEST_F(Plugin, WhatATargetDoesNotTakeFallsToAnother) {
  takeModel(demo);
  const std::string expected = write("");
  auto compiled = run(weftc + " " + demo + " -o " + artifact + partial + "--target partial");
  ASSERT_EQ(compiled.code, 0) << compiled.err;
  EXPECT_THAT(compiled.err, HasSubstr("weftc: the target 'partial' leaves "));
  EXPECT_THAT(compiled.err, HasSubstr(" kernels to others: "));
  EXPECT_THAT(compiled.err, HasSubstr("(cpu)"));
  // Its memory is its own: values are copied there and back.
  EXPECT_EQ(write(partial + "--device partial"), expected);
  const std::string inspected =
      runWell(weft + " inspect " + artifact + partial + "--device partial --steps");
  EXPECT_THAT(inspected, HasSubstr("program for partial (weft, reference)"));
  EXPECT_THAT(inspected, HasSubstr("part      on cpu ("));
  EXPECT_THAT(inspected, HasSubstr("attend on partial"));
  EXPECT_THAT(inspected, HasSubstr("layers.0/attention"));
}

TEST_F(Plugin, OfAnotherVersionIsRefused) {
  auto compiled = run(weftc + " " + demo + " -o " + artifact + otherVersion);
  EXPECT_EQ(compiled.code, 1);
  EXPECT_THAT(compiled.err,
              HasSubstr("other-version.so' was built for version 9001 of the backend interface, "
                        "this program has version "));
  auto ran = run(weft + " --list-devices" + otherVersion);
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err,
              HasSubstr("other-version.so' was built for version 9002 of the device interface"));
}

TEST_F(Plugin, FilesThatAreNoneAreRefusedInOneLine) {
  writeFile(folder.file("text.so"), "no library");
  for (const auto &[line, reason] :
       {std::pair(weftc + " --list-targets --plugin ./text.so",
                  "cannot open the plug-in './text.so'"),
        {weft + " --list-devices --plugin ./text.so", "cannot open the plug-in './text.so'"},
        {weft + " --list-devices --plugin absent.so", "cannot open the plug-in 'absent.so'"},
        {weft + " --list-devices --plugin text.so", "the one in the current folder is ./text.so"},
        {weftc + " " + demo + " -o a.weft --target nobody",
         "no target 'nobody': expected one of cpu"},
        {weftc + " " + demo + " -o a.weft --target cpu,cpu",
         "expected every target once, found cpu,cpu"},
        {weft + " --list-devices --plugin " + folderOfPlugins + "/partial-compiler.so",
         "(a compile side, which only a compiler can load)"}}) {
    auto result = run(line);
    EXPECT_EQ(result.code, 1) << line;
    EXPECT_THAT(result.err, HasSubstr(reason)) << line;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
  }
}

TEST_F(Plugin, ListsHaveThoseOfThePath) {
  const std::string path = "WEFT_PLUGIN_PATH=" + folderOfPlugins + " ";
  const std::string targets = runWell(path + weftc + " --list-targets");
  EXPECT_THAT(targets, HasSubstr("cpu  "));
  EXPECT_THAT(targets, HasSubstr("partial      attention alone"));
  EXPECT_THAT(targets, HasSubstr("reference  "));
  EXPECT_THAT(targets, HasSubstr("not available: plug-in"));
  const auto devices = nlohmann::json::parse(runWell(path + weft + " --list-devices --json"));
  std::set<std::string> available;
  for (const auto &device : devices)
    if (device["available"])
      available.insert(device["device"]);
  EXPECT_THAT(available, ::testing::IsSupersetOf({"cpu", "partial", "partial:1", "reference"}));
  // Without the path, and by a name that is looked for in it.
  EXPECT_THAT(runWell(weft + " --list-devices"), Not(HasSubstr("partial")));
  EXPECT_THAT(runWell(path + weft + " --list-devices --plugin partial.so"), HasSubstr("partial:1"));
}

TEST_F(Plugin, TheSuitePassesOnTheReference) {
  const std::string table = runWell(weft + " conformance --device reference");
  EXPECT_THAT(table, HasSubstr("worst error"));
  EXPECT_THAT(table, HasSubstr(" 0 failed, 0 not taken"));
}

TEST_F(Plugin, TheSuiteKnowsWhoTookWhat) {
  const auto json = nlohmann::json::parse(
      runWell(weft + " conformance --json --only 'f32' --device partial" + partial));
  EXPECT_EQ(json["passed"], true);
  bool taken = false, left = false;
  for (const auto &one : json["cases"]) {
    taken |= one["op"] == "attention" && one["verdict"] == "passed" && one["kernels_elsewhere"] > 0;
    left |= one["op"] == "dense products" && one["verdict"] == "not taken";
  }
  EXPECT_TRUE(taken && left);
  auto unknown = run(weft + " conformance --device nobody");
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("weft conformance: no target 'nobody'"));
}

} // namespace
} // namespace weft::test
