// What the command line refuses, and how.
#include "runtime/cli/options/Arguments.h"
#include "CommandLine.h"

#include <CLI/CLI.hpp>
#include <algorithm>

using namespace weft;
using namespace weft::cli;
using test::Outcome;

namespace {

using Arguments = std::vector<std::string>;
using Ids = std::vector<int32_t>;

void expectOneLine(const Outcome &outcome, int code, const std::string &words) {
  EXPECT_EQ(outcome.code, code) << outcome.error;
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(outcome.error.starts_with("weft: ")) << outcome.error;
  EXPECT_EQ(std::ranges::count(outcome.error, '\n'), 1) << outcome.error;
  EXPECT_NE(outcome.error.find(words), std::string::npos) << outcome.error;
}

TEST(Usage, IsExitCodeTwoAndOneLine) {
  const std::pair<Arguments, std::string> cases[] = {
      {{}, "expected a command"},
      {{"walk"}, "found 'walk'"},
      {{"--bogus"}, "--bogus"},
      {{"run"}, "model"},
      {{"run", "m.weft"}, "expected one prompt"},
      {{"run", "m.weft", "-p", "a", "-f", "b"}, "expected one prompt"},
      {{"run", "m.weft", "a"}, "found 'a'"},
      {{"run", "m.weft", "-p", "a", "--bogus"}, "--bogus"},
      {{"run", "m.weft", "-p"}, "--prompt"},
      {{"run", "m.weft", "-p", "a", "-n", "-1"}, "found '-1'"},
      {{"run", "m.weft", "-p", "a", "-n", "1e3"}, "found '1e3'"},
      {{"run", "m.weft", "-p", "a", "-n", "99999999999999999999999"}, "--new-tokens"},
      {{"run", "m.weft", "-p", "a", "--temperature", "nan"}, "found 'nan'"},
      {{"run", "m.weft", "-p", "a", "--temperature", "-0.1"}, "--temperature"},
      {{"run", "m.weft", "-p", "a", "--temperature", "inf"}, "--temperature"},
      {{"run", "m.weft", "-p", "a", "--temperature", "1x"}, "found '1x'"},
      {{"run", "m.weft", "-p", "a", "--top-p", "0"}, "above 0"},
      {{"run", "m.weft", "-p", "a", "--top-p", "1.01"}, "--top-p"},
      {{"run", "m.weft", "-p", "a", "--min-p", "2"}, "--min-p"},
      {{"run", "m.weft", "-p", "a", "--top-k", "-1"}, "--top-k"},
      {{"run", "m.weft", "-p", "a", "--seed", "-1"}, "--seed"},
      {{"run", "m.weft", "-p", "a", "--seed", "18446744073709551616"}, "--seed"},
      {{"run", "m.weft", "-p", "a", "--threads", "0"}, "--threads"},
      {{"run", "m.weft", "-p", "a", "--context", "0"}, "--context"},
      {{"eval", "m.weft"}, "--text"},
      {{"eval", "m.weft", "--tokens", "1"}, "--logits"},
      {{"eval", "m.weft", "--logits", "o.npy"}, "--tokens"},
      {{"eval", "m.weft", "--text", "t", "--tokens", "1", "--logits", "o.npy"}, "--text"},
      {{"eval", "m.weft", "--text", "t", "--window", "1"}, "--window"},
      {{"bench", "m.weft", "-r", "0"}, "--repeats"},
      {{"tokenize", "m.weft", "--decode", "--no-special"}, "--no-special"},
  };
  for (const auto &[arguments, words] : cases)
    expectOneLine(test::weft(arguments), exitUsage, words);
}

TEST(Usage, HelpHasExamples) {
  for (const char *command : {"run", "inspect", "eval", "bench", "tokenize"}) {
    const Outcome outcome = test::weft({command, "--help"});
    EXPECT_EQ(outcome.code, exitDone);
    EXPECT_EQ(outcome.error, "");
    EXPECT_NE(outcome.out.find("Examples:\n"), std::string::npos) << command;
    EXPECT_NE(outcome.out.find(std::string("weft ") + command + " "), std::string::npos);
  }
  EXPECT_EQ(test::weft({"--help"}).code, exitDone);
  EXPECT_TRUE(test::weft({"--version"}).out.starts_with("weft 0"));
}

TEST(BadFiles, AreExitCodeOneAndOneLine) {
  expectOneLine(test::weft({"run", "/nowhere/m.weft", "-p", "a"}), exitFailed, "/nowhere/m.weft");
  expectOneLine(test::weft({"run", "/nowhere/m.weft", "-f", "/nowhere/p"}), exitFailed,
                "/nowhere/p");
  expectOneLine(test::weft({"inspect", "/"}), exitFailed, "'/'");
  expectOneLine(test::weft({"tokenize", "/nowhere/t.json"}), exitFailed, "/nowhere/t.json");
  expectOneLine(test::weft({"tokenize", "/dev/null"}), exitFailed, "/dev/null");
}

TEST(ParseIds, TakesWhatPeopleAndProgramsWrite) {
  EXPECT_EQ(*parseIds("1,2 3\n4\t5"), (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(*parseIds("[1, 403, 2147483647]\n"), (Ids{1, 403, 2147483647}));
  EXPECT_EQ(*parseIds(" \n"), Ids());
  for (const char *bad : {"-1", "1.5", "2147483648", "0x10", "a", "1;2", "+1"})
    EXPECT_FALSE(parseIds(bad)) << bad;
  EXPECT_NE(parseIds("1 2 x").error().message.find("'x' at character 4"), std::string::npos);
}

} // namespace
