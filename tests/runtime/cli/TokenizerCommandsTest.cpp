// weft tokenizer train and prune.
#include "CommandLine.h"
#include "tests/Shared.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>
#include <sys/stat.h>
#include <thread>

using namespace weft;
using namespace weft::cli;
using test::Outcome;
using testing::HasSubstr;

namespace {

class TokenizerCommands : public testing::Test {
protected:
  void SetUp() override {
    std::ofstream(words) << "low low low low low lowest lowest newer newer newer newer newer newer "
                            "wider wider wider\n";
  }
  Outcome train(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"tokenizer", "train", words, "-o", out});
    return test::weft(arguments);
  }
  static std::string read(const std::string &path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  test::TemporaryFolder folder;
  const std::string words = folder.file("words.txt"), out = folder.file("tokenizer.json"),
                    pruned = folder.file("pruned.json"), report = folder.file("report.json");
};

TEST_F(TokenizerCommands, TrainPrintsTheMerges) {
  const Outcome outcome = train({"--model", "bpe", "--vocab-size", "21", "-v"});
  EXPECT_EQ(outcome.code, exitDone) << outcome.error;
  EXPECT_EQ(outcome.out, "  step       count  merge\n"
                         "     1           9  e r\n"
                         "     2           9  er </w>\n"
                         "     3           7  l o\n"
                         "     4           7  lo w\n"
                         "     5           6  n e\n"
                         "     6           6  ne w\n"
                         "     7           6  new er</w>\n"
                         "     8           5  low </w>\n"
                         "     9           3  w i\n"
                         "    10           3  wi d\n"
                         "             count  the most frequent words, as they are cut now\n"
                         "                 6  newer</w>\n"
                         "                 5  low</w>\n"
                         "                 3  wid er</w>\n"
                         "                 2  low e s t </w>\n");
  EXPECT_THAT(outcome.error, HasSubstr("21 tokens from"));
  const Outcome ids = test::weft({"tokenize", out, "--json"}, "newer");
  EXPECT_THAT(ids.out, HasSubstr("newer</w>"));
}

TEST_F(TokenizerCommands, TrainWritesJson) {
  const Outcome outcome = train({"--model", "bpe", "--vocab-size", "21", "-v", "--json"});
  EXPECT_EQ(outcome.code, exitDone) << outcome.error;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["vocabulary"], 21);
  EXPECT_EQ(json["distinct_words"], 4);
  ASSERT_EQ(json["merges"].size(), 10u);
  EXPECT_EQ(json["merges"][1]["right"], "</w>");
  EXPECT_EQ(json["merges"][1]["count"], 9);
  EXPECT_EQ(json["words"][2]["tokens"], (std::vector<std::string>{"wid", "er</w>"}));
}

TEST_F(TokenizerCommands, TrainSaysWhereTextHasNoMoreToLearn) {
  EXPECT_THAT(train({"--model", "byte-bpe", "--vocab-size", "1000"}).error,
              HasSubstr("no more to learn"));
}

TEST_F(TokenizerCommands, TrainLeavesTheOldFileWhereItFails) {
  std::ofstream(out) << "old";
  const Outcome outcome = train({"--model", "byte-bpe", "--vocab-size", "7"});
  EXPECT_EQ(outcome.code, exitFailed);
  EXPECT_THAT(outcome.error, HasSubstr("at least 256 tokens"));
  EXPECT_EQ(std::ranges::count(outcome.error, '\n'), 1);
  EXPECT_EQ(read(out), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

TEST_F(TokenizerCommands, RefuseWrongUse) {
  EXPECT_EQ(train({"--model", "bqe", "--vocab-size", "300"}).code, exitUsage);
  EXPECT_EQ(train({"--model", "bpe", "--vocab-size", "-3"}).code, exitUsage);
  EXPECT_EQ(train({"--model", "bpe"}).code, exitUsage);
  const Outcome end = train({"--model", "byte-bpe", "--vocab-size", "300", "--end-of-word", "_"});
  EXPECT_EQ(end.code, exitUsage);
  EXPECT_THAT(end.error, HasSubstr("only words of bpe have one, found --model byte-bpe"));
  const Outcome none = test::weft({"tokenizer"});
  EXPECT_EQ(none.code, exitUsage);
  EXPECT_THAT(none.error, HasSubstr("expected a command, train or prune"));
  EXPECT_THAT(test::weft({"tokenizer", "train", "--model"}).error,
              HasSubstr("see weft tokenizer train --help"));
}

TEST_F(TokenizerCommands, PruneReportsBeforeAndAfter) {
  ASSERT_EQ(train({"--model", "bpe", "--vocab-size", "21"}).code, exitDone);
  const Outcome outcome =
      test::weft({"tokenizer", "prune", out, words, "-o", pruned, "--report", report, "-v"});
  EXPECT_EQ(outcome.code, exitDone) << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr("vocabulary                  21            16\n"));
  EXPECT_THAT(outcome.out, HasSubstr("tokens                      27            27\n"));
  EXPECT_THAT(outcome.out, HasSubstr("coverage              100.000%      100.000%\n"));
  EXPECT_THAT(outcome.out, HasSubstr("           0             6  new\n"));
  const auto json = nlohmann::json::parse(read(report));
  EXPECT_EQ(json["before"]["vocabulary"], 21);
  EXPECT_EQ(json["after"]["vocabulary"], 16);
  EXPECT_EQ(json["removed"].size(), 5u);
  EXPECT_EQ(json["tokenizer"], read(pruned));
  const Outcome figures = test::weft({"tokenizer", "prune", out, words, "-o", pruned, "--json"});
  const auto shown = nlohmann::json::parse(figures.out);
  EXPECT_EQ(shown["after"], json["after"]);
  EXPECT_EQ(shown["removed"], json["removed"]);
  EXPECT_FALSE(shown.contains("kept"));
}

TEST_F(TokenizerCommands, ReadATokenizerFromAPipe) {
  ASSERT_EQ(train({"--model", "bpe", "--vocab-size", "21"}).code, exitDone);
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << read(out); });
  const Outcome piped = test::weft({"tokenize", pipe}, "newer");
  writer.join();
  EXPECT_EQ(piped.out, test::weft({"tokenize", out}, "newer").out) << piped.error;
}

TEST_F(TokenizerCommands, SayWhatToDoWithAGgufFile) {
  std::ofstream(out) << "GGUF...";
  EXPECT_THAT(test::weft({"tokenize", out}, "text").error, HasSubstr("compile it with weftc"));
}

TEST_F(TokenizerCommands, PruneNamesTheFileThatIsNone) {
  const Outcome outcome = test::weft({"tokenizer", "prune", words, words, "-o", pruned});
  EXPECT_EQ(outcome.code, exitFailed);
  EXPECT_THAT(outcome.error, testing::StartsWith("weft: " + words + ": "));
  EXPECT_EQ(std::ranges::count(outcome.error, '\n'), 1);
}

} // namespace
