// The commands on a whole model that counts.
#include "CommandLine.h"
#include "CountingModel.h"
#include "tests/Shared.h"
#include "tests/runtime/artifact/SyntheticArtifact.h"

#include <cmath>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace weft;
using namespace weft::cli;
using nlohmann::json;
using test::Outcome;
using testing::HasSubstr;

namespace {

using Ids = std::vector<int32_t>;

class Commands : public testing::Test {
protected:
  test::TemporaryFolder folder;
  std::string model = folder.file("model.weft");

  void SetUp() override { test::writeCountingModel(model); }
  void TearDown() override { test::onCountingCall = nullptr; }

  /// `weft COMMAND MODEL ARGUMENTS --device counting`
  Outcome run(const std::string &command, std::vector<std::string> arguments,
              const std::string &input = "") {
    arguments.insert(arguments.begin(), {command, model});
    if (command != "tokenize")
      arguments.insert(arguments.end(), {"--device", "counting"});
    return test::weft(arguments, input);
  }
  json runJson(const std::string &command, std::vector<std::string> arguments,
               const std::string &input = "") {
    arguments.push_back("--json");
    const Outcome outcome = run(command, arguments, input);
    EXPECT_EQ(outcome.code, exitDone) << outcome.error;
    EXPECT_TRUE(json::accept(outcome.out)) << outcome.out;
    return json::parse(outcome.out, nullptr, false);
  }
  std::string file(const std::string &name, const std::string &text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
  }
};

TEST_F(Commands, RunContinuesUntilTheEnd) {
  const Outcome outcome = run("run", {"-p", "ba", "--temperature", "0", "--seed", "5"});
  EXPECT_EQ(outcome.code, exitDone);
  EXPECT_EQ(outcome.out, "babc\nab\n");
  EXPECT_THAT(outcome.error, HasSubstr("seed 5"));
  EXPECT_THAT(outcome.error, HasSubstr("prompt 3 tokens"));
  EXPECT_THAT(outcome.error, HasSubstr("decode 4 tokens"));
  EXPECT_THAT(outcome.error, HasSubstr("end of text"));
}

TEST_F(Commands, RunTakesThePromptFromAFileAndFromStandardInput) {
  EXPECT_EQ(run("run", {"-f", file("p", "c"), "--temperature", "0"}).out, "c\nab\n");
  EXPECT_EQ(run("run", {"-", "--temperature", "0"}, "c").out, "c\nab\n");
  EXPECT_EQ(run("run", {"-f", "-", "--temperature", "0"}, "c").out, "c\nab\n");
}

TEST_F(Commands, RunStopsAfterAsManyTokensAsAskedFor) {
  EXPECT_EQ(run("run", {"-p", "a", "-n", "2", "--temperature", "0"}).out, "abc\n");
  EXPECT_EQ(run("run", {"-p", "a", "-n", "0", "--temperature", "0"}).out, "a\n");
  EXPECT_EQ(run("run", {"-p", "", "-n", "1", "--temperature", "0"}).out, "a\n"); // after <s>
}

TEST_F(Commands, RunGivesTheSameTextForTheSameSeed) {
  auto text = [&](const std::string &seed) {
    return run("run",
               {"-p", "a", "-n", "20", "--temperature", "50", "--top-p", "1", "--seed", seed})
        .out;
  };
  EXPECT_EQ(text("1"), text("1"));
  EXPECT_NE(text("1") + text("2") + text("3"), text("4") + text("5") + text("6"));
}

TEST_F(Commands, RunWritesTheEndOfThePromptOnce) {
  // The newline is a byte token, whose text waits for what follows.
  EXPECT_EQ(run("run", {"-p", "a\n", "--temperature", "0"}).out, "a\nab\n");
  EXPECT_EQ(run("run", {"-p", "a\n", "-n", "0"}).out, "a\n\n");
  EXPECT_EQ(runJson("run", {"-p", "a\n", "--temperature", "0"})["text"], "ab");
}

TEST_F(Commands, RunWritesJson) {
  const json result = runJson("run", {"-p", "ab\"", "--temperature", "0", "--seed", "9"});
  EXPECT_EQ(result["prompt"], "ab\"");
  EXPECT_EQ(result["stop"], "end");
  EXPECT_EQ(result["seed"], 9);
  EXPECT_EQ(result["new_tokens"], result["tokens"].size());
}

TEST_F(Commands, RunRefusesAPromptLongerThanTheContext) {
  const Outcome outcome = run("run", {"-p", std::string(40, 'c')});
  EXPECT_EQ(outcome.code, exitFailed);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("41 tokens"));
  EXPECT_THAT(outcome.error, HasSubstr("32 positions"));
}

TEST_F(Commands, RunStopsWhereTheContextIsFull) {
  const Outcome outcome = run("run", {"-p", "a", "--context", "3", "--temperature", "0"});
  EXPECT_EQ(outcome.out, "abc\n");
  EXPECT_THAT(outcome.error, HasSubstr("context is full"));
}

TEST_F(Commands, RunEndsInGoodOrderOnInterrupt) {
  test::onCountingCall = [] {
    static int calls = 0;
    if (++calls == 2)
      std::raise(SIGINT);
  };
  const Outcome outcome = run("run", {"-p", "a", "--temperature", "0"});
  EXPECT_EQ(outcome.code, exitInterrupted);
  EXPECT_EQ(outcome.out, "abc\n"); // the call that was under way still counts
  EXPECT_THAT(outcome.error, HasSubstr("stopped: interrupted"));
}

/// Runs with standard output as a file descriptor that misbehaves.
Outcome runInto(int file, std::vector<std::string> arguments) {
  Outcome outcome;
  arguments.insert(arguments.begin(), "weft");
  std::vector<char *> pointers;
  for (std::string &argument : arguments)
    pointers.push_back(argument.data());
  testing::internal::CaptureStderr();
  const int before = dup(STDOUT_FILENO);
  dup2(file, STDOUT_FILENO);
  outcome.code = cli::main(int(pointers.size()), pointers.data());
  dup2(before, STDOUT_FILENO);
  close(before);
  outcome.error = testing::internal::GetCapturedStderr();
  return outcome;
}

TEST_F(Commands, AClosedPipeIsNoError) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  for (const char *command : {"run", "inspect"}) {
    std::vector<std::string> arguments = {command, model, "--device", "counting"};
    if (std::strcmp(command, "run") == 0)
      arguments.insert(arguments.end(), {"-p", "a"});
    const Outcome outcome = runInto(ends[1], arguments);
    EXPECT_EQ(outcome.code, exitDone) << outcome.error;
    EXPECT_EQ(outcome.error.find("weft:"), std::string::npos) << outcome.error;
  }
  close(ends[1]);
}

TEST_F(Commands, AFullDiskIsOneLine) {
  const int full = open("/dev/full", O_WRONLY);
  if (full < 0)
    GTEST_SKIP() << "no /dev/full";
  const Outcome outcome = runInto(full, {"run", model, "-p", "a", "--device", "counting"});
  close(full);
  EXPECT_EQ(outcome.code, exitFailed);
  EXPECT_THAT(outcome.error, HasSubstr("No space left"));
}

TEST_F(Commands, TokenizeThereAndBack) {
  EXPECT_EQ(run("tokenize", {}, "abc\n").out, "0 5 3 4\n");
  EXPECT_EQ(run("tokenize", {"--no-special"}, "abc\n").out, "5 3 4\n");
  EXPECT_EQ(run("tokenize", {"--decode"}, "0 5 3 4\n").out, "abc\n");
  EXPECT_EQ(run("tokenize", {"--decode", "--keep-special"}, "[0,5]").out, "<s>ab");
  EXPECT_EQ(runJson("tokenize", {}, "ab")["tokens"], (json{"<s>", "ab"}));
  EXPECT_EQ(runJson("tokenize", {}, "abc")["offsets"], (json{{0, 0}, {0, 2}, {2, 3}}));
  const std::string coloured = run("tokenize", {"--color", "always"}, "abc").out;
  EXPECT_THAT(coloured, HasSubstr("\x1b["));
  EXPECT_THAT(coloured, HasSubstr("mab\x1b[0m\x1b[2m5\x1b[0m"));
  const Outcome outside = run("tokenize", {"--decode"}, "7");
  EXPECT_EQ(outside.code, exitFailed);
  EXPECT_TRUE(outside.error.starts_with("weft: "));
}

TEST_F(Commands, EvalGivesThePerplexity) {
  const std::string text = file("t", "abc\nc\n"); // <s> ab c \n c \n
  const json result = runJson("eval", {"--text", text});
  EXPECT_EQ(result["tokens"], 5);
  EXPECT_EQ(result["window"], 32);
  EXPECT_EQ(result["stride"], 16);
  // c -> \n twice was sure, <s> -> ab, ab -> c and \n -> c were not.
  const double sum = std::log(std::exp(10.0) + 6);
  EXPECT_NEAR(result["negative_log_likelihood"], 5 * sum - 2 * 10, 1e-9);
  EXPECT_NEAR(result["perplexity"], std::exp(sum - 4), 1e-6);

  const json windows = runJson("eval", {"--text", text, "--window", "4", "--stride", "1"});
  EXPECT_EQ(windows["windows"], 3);
  EXPECT_NEAR(windows["perplexity"], result["perplexity"], 1e-6);
  EXPECT_THAT(run("eval", {"--text", text}).out, HasSubstr("perplexity "));
}

TEST_F(Commands, EvalWritesLogitsOfEveryPosition) {
  for (const char *batch : {"1", "3", "512"}) {
    const std::string out = folder.file("o.npy");
    const std::string ids = "@" + file("ids", "0, 1 2,3 4");
    const json result = runJson("eval", {"--tokens", ids, "--logits", out, "--batch", batch});
    EXPECT_EQ(result["rows"], 5);
    const auto bytes = test::readFile(out);
    ASSERT_EQ(bytes.size(), 128 + 5 * 7 * sizeof(float));
    float logits[5][7];
    std::memcpy(logits, bytes.data() + 128, sizeof logits);
    for (int row = 0; row < 5; ++row)
      for (int id = 0; id < 7; ++id)
        EXPECT_EQ(logits[row][id], id == row + 1 ? 10 : 0);
  }
}

TEST_F(Commands, EvalRefusesWhatTheModelCannotTake) {
  const std::string out = folder.file("o.npy");
  for (const std::string &ids : {file("plain", "[0, 1 2,3 4]"), std::string("-")}) {
    const json result = json::parse(
        run("eval", {"--tokens", ids, "--logits", out + "2", "--json"}, "0\n1 2 3 4\n").out);
    EXPECT_EQ(result["rows"], 5) << ids;
  }
  EXPECT_THAT(run("eval", {"--tokens", "-", "--logits", out}, "1,x").error,
              HasSubstr("standard input: "));
  EXPECT_EQ(run("eval", {"--tokens", "/nowhere", "--logits", out}).code, exitFailed);
  EXPECT_EQ(run("eval", {"--tokens", "1,7", "--logits", out}).code, exitFailed);
  EXPECT_EQ(run("eval", {"--tokens", "1,x", "--logits", out}).code, exitFailed);
  EXPECT_EQ(run("eval", {"--tokens", "", "--logits", out}).code, exitFailed);
  EXPECT_EQ(run("eval", {"--tokens", "1,2,3", "--logits", out, "--context", "2"}).code, exitFailed);
  EXPECT_EQ(run("eval", {"--tokens", "1", "--logits", "/nowhere/o.npy"}).code, exitFailed);
  EXPECT_FALSE(std::filesystem::exists(out));
  EXPECT_EQ(run("eval", {"--text", file("t", "")}).code, exitFailed);
  EXPECT_EQ(run("eval", {"--text", file("t", "ab"), "--window", "64"}).code, exitFailed);
}

TEST_F(Commands, InspectSaysWhatThereIs) {
  const json result = runJson("inspect", {"--context", "16", "--steps"});
  EXPECT_EQ(result["vocabulary"], 7);
  EXPECT_EQ(result["formats"][0]["format"], "f32");
  EXPECT_EQ(result["formats"][0]["tensors"], 2);
  EXPECT_EQ(result["formats"][0]["bytes"], 64 + 28);
  EXPECT_EQ(result["memory"]["context"], 16);
  EXPECT_EQ(result["tokenizer"]["vocabulary"], 7);
  EXPECT_EQ(result["tokenizer"]["begin"]["token"], "<s>");
  EXPECT_EQ(result["tokenizer"]["end"][0]["id"], 6);
  const json &program = result["programs"][0];
  EXPECT_EQ(program["target"], "counting");
  EXPECT_EQ(program["kernels"].size(), 4u);
  const json &entry = program["entries"][0];
  EXPECT_EQ(entry["name"], "forward");
  EXPECT_EQ(entry["step_count"], 3);
  EXPECT_EQ(entry["steps"][0]["variants"][1]["grid"], "1 * ceil(tokens / 2)");
  EXPECT_EQ(entry["steps"][0]["bindings"][1]["what"], "parameter 1 (embedding)");

  const json memory = result["memory"];
  uint64_t sum = 0;
  for (const char *part :
       {"weights", "states", "arena", "inputs_and_outputs", "code", "rest_of_file"})
    sum += memory[part].get<uint64_t>();
  EXPECT_EQ(memory["total"], sum);

  const Outcome text = run("inspect", {"--steps"});
  EXPECT_EQ(text.code, exitDone);
  for (const char *words : {"memory at context 32", "embed.one", "7 * rows", "</s>"})
    EXPECT_THAT(text.out, HasSubstr(words));
}

TEST_F(Commands, InspectSaysHowKernelsWereChosen) {
  const json tuning = runJson("inspect", {})["programs"][0]["tuning"];
  ASSERT_EQ(tuning.size(), 2u);
  EXPECT_EQ(tuning[0]["kernel"], "embed.one");
  EXPECT_EQ(tuning[0]["candidates"][tuning[0]["chosen"].get<int>()]["settings"]["unroll"], 8);
  EXPECT_EQ(tuning[0]["candidates"][1]["nanoseconds_again"], 790);
  EXPECT_FALSE(tuning[1]["candidates"][1].contains("nanoseconds_again"));

  const std::string brief = run("inspect", {}).out, all = run("inspect", {"--tuning"}).out;
  EXPECT_THAT(brief, HasSubstr("tuned with 2 threads"));
  EXPECT_THAT(brief, HasSubstr("embed.one, 1 at once: unroll 8, sums 4, 0.8 us; less time than "
                               "unroll 4, sums 4: 11.1%, measured again 13.2%"));
  EXPECT_THAT(brief,
              HasSubstr("keep, 336 at once: shared 4, 5.0 us; kept: the best other, shared 0, "
                        "took 6.0 us"));
  EXPECT_EQ(brief.find("0.9 us"), std::string::npos);
  EXPECT_THAT(all, HasSubstr("0.9 us  unroll 4, sums 4"));
}

TEST_F(Commands, BenchCountsBytes) {
  const json result = runJson("bench", {"-p", "8", "-n", "4", "-r", "2", "-t", "1"});
  EXPECT_GT(result["prompt_tokens_per_second"]["median"], 0);
  EXPECT_LE(result["decode_tokens_per_second"]["min"], result["decode_tokens_per_second"]["max"]);
  EXPECT_EQ(result["bytes_per_token"]["weights"], 4); // one row of the embedding
  EXPECT_EQ(result["bytes_per_token"]["cache"], 4 * 10);
  EXPECT_GT(result["read_bandwidth_bytes_per_second"], 0);
  EXPECT_THAT(result["read_way"].get<std::string>(), HasSubstr("stream"));
  EXPECT_GT(result["bandwidth_fraction"], 0);
}

TEST_F(Commands, BenchStepsOncePerLine) {
  static int calls;
  test::onCountingCall = +[] { ++calls; };
  auto answers = [&](const Outcome &outcome) {
    EXPECT_EQ(outcome.code, exitDone) << outcome.error;
    std::istringstream lines(outcome.out);
    size_t count = 0;
    for (double seconds; lines >> seconds; ++count)
      EXPECT_GT(seconds, 0);
    EXPECT_TRUE(lines.eof()) << outcome.out;
    return count;
  };
  calls = 0;
  // Of two positions, three tokens.
  EXPECT_EQ(answers(run("bench", {"--step-by-line", "-p", "30", "-n", "2"}, "a\nb\n\n")), 3u);
  EXPECT_EQ(calls, 1 + 3);
  calls = 0;
  EXPECT_EQ(answers(run("bench", {"--step-by-line", "-p", "4", "-n", "0"}, "a\nb\nno line")), 2u);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(run("bench", {"--step-by-line", "--json"}).code, exitUsage);
}

TEST_F(Commands, BenchFitsTheContext) {
  EXPECT_EQ(run("bench", {"-p", "30", "-n", "4", "-r", "1"}).code, exitFailed);
  EXPECT_EQ(run("bench", {"-p", "0", "-n", "0", "-r", "1"}).code, exitFailed);
  const json result = runJson("bench", {"-n", "4", "-r", "1", "-t", "1"});
  EXPECT_EQ(result["prompt_tokens"], 28); // 512 by default, but the model has 32
}

} // namespace
