// weft profile on a device that makes up its times, and the sums that it reports.
#include "CommandLine.h"
#include "CountingModel.h"
#include "runtime/cli/Cli.h"
#include "runtime/cli/measure/TimeShares.h"
#include "runtime/cli/report/ProfileReport.h"
#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace weft::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(TimeShares, TimeOfSeveralAtWorkIsDividedByThreads) {
  // Thread 0 does step 0 and then half of step 1; thread 1 comes late to both.
  const StepSpan spans[] = {{0, 0, 0, 0, 400},
                            {1, 0, 0, 400, 1000},
                            {0, 0, 1, 200, 600},
                            {1, 0, 1, 700, 900},
                            {2, 0, 0, 1500, 1600}};
  const TimeShares shares = shareTime(spans, 4);
  ASSERT_EQ(shares.steps.size(), 4u);
  EXPECT_NEAR(shares.steps[0], 500e-9, 1e-15); // 400 and half of 200
  EXPECT_NEAR(shares.steps[1], 500e-9, 1e-15);
  EXPECT_NEAR(shares.steps[2], 100e-9, 1e-15);
  EXPECT_EQ(shares.steps[3], 0);
  EXPECT_NEAR(shares.idle, 500e-9, 1e-15);
  ASSERT_EQ(shares.threads.size(), 2u);
  EXPECT_NEAR(shares.threads[0], 1100e-9, 1e-15);
  EXPECT_NEAR(shares.threads[1], 600e-9, 1e-15);
}

TEST(TimeShares, NothingRanNothingShared) {
  const TimeShares shares = shareTime({}, 2);
  EXPECT_THAT(shares.steps, ElementsAre(0, 0));
  EXPECT_TRUE(shares.threads.empty());
}

TEST(Roofline, IsTheLaterOfReadingAndComputing) {
  const Roofline roofline = {100, "", {.int8 = 50, .f32 = 10}};
  StepWork work;
  work.weights = 150;
  work.cacheRead = 40;
  work.cacheWritten = 10;
  work.activations = 100'000; // lie in caches
  EXPECT_EQ(roofline.seconds(work), 2);
  work.operations = 200;
  EXPECT_EQ(roofline.seconds(work), 20);
  work.integers = true;
  EXPECT_EQ(roofline.seconds(work), 4);
}

TEST(Layers, AreTheFirstPartOfAName) {
  EXPECT_EQ(layerOf("layers.3/attention/qkv"), "layers.3");
  EXPECT_EQ(layerOf("logits"), "logits");
}

class Profile : public testing::Test {
protected:
  test::TemporaryFolder folder;
  const std::string model = folder.file("model.weft");
  void SetUp() override { test::writeCountingModel(model); }

  test::Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"profile", model, "--device", "counting", "-t", "1"});
    return test::weft(arguments);
  }
};

/// By the name under `key`.
json rowOf(const json &rows, const std::string &key, const std::string &name) {
  for (const json &row : rows)
    if (row[key] == name)
      return row;
  ADD_FAILURE() << "no " << name << " in " << rows;
  return {};
}

// The model's embedding is a table of 7 rows of 4 bytes, its cache has 4 bytes a position. "kv"
// appends to it and "head" reads it.
TEST_F(Profile, SumsAreThoseOfTheModel) {
  const test::Outcome outcome = run({"-p", "8", "-n", "4", "-r", "2", "--json"});
  ASSERT_EQ(outcome.code, exitDone) << outcome.error;
  const json profile = json::parse(outcome.out);
  EXPECT_FALSE(profile["processor"].get<std::string>().empty());
  EXPECT_EQ(profile["device"], "counting");
  EXPECT_EQ(profile["threads"], 1);
  EXPECT_GT(profile["roofline"]["read_bytes_per_second"], 0);
  EXPECT_GT(profile["roofline"]["int8_operations_per_second"], 0);
  EXPECT_GT(profile["roofline"]["f32_operations_per_second"], 0);
  ASSERT_EQ(profile["phases"].size(), 2u);

  const json &prompt = profile["phases"][0], &decode = profile["phases"][1];
  EXPECT_EQ(prompt["phase"], "prompt");
  EXPECT_EQ(prompt["tokens"], 8);
  EXPECT_EQ(prompt["turns"], 2);
  EXPECT_EQ(decode["phase"], "decode");
  EXPECT_EQ(decode["tokens"], 1);
  EXPECT_EQ(decode["turns"], 8);
  for (const json &phase : profile["phases"]) {
    EXPECT_EQ(phase["kernels"].size(), 3u);
    EXPECT_EQ(phase["layers"].size(), 3u);
    ASSERT_EQ(phase["threads"].size(), 1u);
    EXPECT_NEAR(phase["threads"][0]["busy_seconds"].get<double>(), 2100e-9, 1e-15);
    EXPECT_NEAR(phase["idle_seconds"].get<double>(), 600e-9, 1e-15);
    for (const char *key : {"seconds", "profiled_seconds", "overhead", "in_kernels", "of_roofline"})
      EXPECT_TRUE(phase[key].is_number()) << key;
    for (const char *rows : {"kernels", "layers"})
      for (const json &row : phase[rows]) {
        EXPECT_EQ(row["runs"], 1);
        EXPECT_NEAR(row["seconds"].get<double>(), 700e-9, 1e-15);
        EXPECT_NEAR(row["share"].get<double>(), 1.0 / 3, 1e-9);
        EXPECT_TRUE(row["of_roofline"].is_number());
      }
  }
  const json table = rowOf(prompt["kernels"], "kernel", "embed");
  EXPECT_EQ(table["weight_bytes"], 7 * 4); // no more rows than there are
  EXPECT_EQ(table["operations"], 0);
  EXPECT_EQ(rowOf(decode["kernels"], "kernel", "embed.one")["weight_bytes"], 4);
  EXPECT_EQ(rowOf(decode["layers"], "layer", "embedding")["weight_bytes"], 4);
  EXPECT_EQ(rowOf(prompt["kernels"], "kernel", "keep")["cache_bytes"], 8 * 4);
  EXPECT_EQ(rowOf(decode["kernels"], "kernel", "keep")["cache_bytes"], 4);
  EXPECT_EQ(rowOf(prompt["kernels"], "kernel", "head")["cache_bytes"], 8 * 4);
  EXPECT_EQ(rowOf(decode["kernels"], "kernel", "head")["cache_bytes"], 4 * (9 + 10 + 11 + 12) / 4);
  EXPECT_EQ(prompt["memory_bytes"], 28 + 32 + 32);
}

TEST_F(Profile, TextHasATableOfEachKind) {
  const test::Outcome outcome = run({"-p", "8", "-n", "4", "-r", "1"});
  ASSERT_EQ(outcome.code, exitDone) << outcome.error;
  for (const char *text : {"roofline: ", "\nprompt, 8 tokens a turn: ",
                           "\ndecode, a token a turn: ", "embed.one", "layer", "thread 0"})
    EXPECT_THAT(outcome.out, HasSubstr(text));
}

TEST_F(Profile, TraceHasEveryKernelOfTheLastRepeat) {
  const std::string file = folder.file("trace.json");
  ASSERT_EQ(run({"-p", "8", "-n", "4", "-r", "2", "--trace", file}).code, exitDone);
  std::ifstream in(file);
  const json trace = json::parse(in);
  std::map<std::string, int> kinds, names;
  for (const json &event : trace["traceEvents"]) {
    ++kinds[event["ph"]];
    EXPECT_TRUE(event["pid"].is_number());
    EXPECT_TRUE(event["tid"].is_number());
    if (event["ph"] != "X")
      continue;
    ++names[event["name"]];
    EXPECT_GE(event["ts"], 0);
    EXPECT_GT(event["dur"], 0);
    if (event["cat"] != "call")
      EXPECT_FALSE(event["args"]["step"].get<std::string>().empty());
  }
  EXPECT_EQ(kinds["M"], 3); // the process, the calls, a thread
  EXPECT_EQ(names["prompt"], 1);
  EXPECT_EQ(names["decode"], 4);
  EXPECT_EQ(names["embed"], 1);
  EXPECT_EQ(names["embed.one"], 4);
  EXPECT_EQ(names["head"], 5);
}

TEST_F(Profile, SaysWhatIsWrong) {
  EXPECT_EQ(run({"-p", "0", "-n", "0"}).code, exitFailed);
  EXPECT_EQ(run({"-p", "30", "-n", "4"}).code, exitFailed);
  const test::Outcome outcome = run({"-p", "1", "-n", "1", "-r", "1", "--trace", folder.path()});
  EXPECT_EQ(outcome.code, exitFailed);
  EXPECT_THAT(outcome.error, HasSubstr(folder.path().string()));
}

} // namespace
} // namespace weft::cli
