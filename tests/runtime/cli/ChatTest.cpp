// weft chat over a pipe, on a whole model that counts.
#include "CommandLine.h"
#include "CountingModel.h"
#include "tests/Shared.h"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace weft;
using namespace weft::cli;
using test::Outcome;
using testing::HasSubstr;

namespace {

class Chat : public testing::Test {
protected:
  test::TemporaryFolder folder;
  std::string model = folder.file("model.weft");

  void SetUp() override { test::writeCountingModel(model); }
  void TearDown() override { test::onCountingCall = nullptr; }

  std::string file(const std::string &name, const std::string &text) {
    std::ofstream(folder.file(name), std::ios::binary) << text;
    return folder.file(name);
  }

  /// Each turn is a line, so that the model's answer to any is "ab".
  Outcome chat(const std::string &input, std::vector<std::string> more = {},
               const std::string &chatTemplate =
                   "{{ bos_token }}{% for m in messages %}{{ m.content }}\n{% endfor %}") {
    std::vector<std::string> arguments = {
        "chat",     model,      "--template",    file("chat", chatTemplate),
        "--device", "counting", "--temperature", "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return test::weft(arguments, input);
  }
};

TEST_F(Chat, AnswersEachLineAndReadsOnlyWhatIsNew) {
  const Outcome outcome = chat("a\nc\n", {"--timing"});
  EXPECT_EQ(outcome.code, exitDone) << outcome.error;
  EXPECT_EQ(outcome.out, "ab\nab\n");
  EXPECT_THAT(outcome.error, HasSubstr("[prompt 3 tokens")); // <s> a \n
  EXPECT_THAT(outcome.error, HasSubstr(" 0 held before; answer 1 tokens"));
  EXPECT_THAT(outcome.error, HasSubstr(" 4 held before; answer 1 tokens")); // then \n c \n
}

TEST_F(Chat, LinesGoOn) {
  const std::string seen =
      "{% for m in messages %}{{ m.content | replace('\n', 'c') }}{% endfor %}";
  EXPECT_EQ(chat("a\\\nb\n", {"-n", "1"}, seen).out, "c\n"); // acb
  EXPECT_EQ(chat("\"\"\"\na\n\na\n\"\"\"\n", {"-n", "1"}, seen).out, "b\n");
  EXPECT_EQ(chat("a", {"-n", "1"}, seen).out, "b\n"); // the last line without its end
  EXPECT_EQ(chat("\n  \n").out, "");
}

TEST_F(Chat, AnswersAreHeldToWhatWasAskedFor) {
  EXPECT_EQ(chat("a\nc\n", {"--regex", "c{2}"}).out, "cc\ncc\n");
  EXPECT_EQ(chat("a\n", {"--logit-bias", "\"c\"=50", "-n", "3"}).out, "ccc\n");
  const Outcome guessed = chat("a\nc\n", {"--draft", model, "--timing"});
  EXPECT_EQ(guessed.out, "ab\nab\n") << guessed.error;
  EXPECT_THAT(guessed.error, HasSubstr("guesses right"));
  EXPECT_EQ(chat("a\n", {"--regex", "("}).code, exitFailed);
}

TEST_F(Chat, AnAnswerThatAStopStringCutsIsReadAgainAsItStands) {
  const Outcome outcome = chat("a\nc\n", {"--stop", "c", "--timing"},
                               "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}");
  EXPECT_EQ(outcome.out, "b\n\nab\n") << outcome.error; // after <s> ab c come a newline and ab
}

TEST_F(Chat, TheSystemPromptComesFirst) {
  EXPECT_EQ(chat("c\n", {"--system", "bbb", "-n", "1"},
                 "{{ messages[0].content if messages[0].role == 'system' else 'c' }}a")
                .out,
            "b\n");
  const Outcome outcome = chat("/system\n/system b c\n/system\n/reset\n/system\n");
  EXPECT_THAT(outcome.error, HasSubstr("[no system prompt]\n[the system prompt is set]\nb c\n"));
  EXPECT_THAT(outcome.error, HasSubstr("forgotten]\nb c\n"));
}

TEST_F(Chat, SavesWhatWasSaid) {
  const std::string path = folder.file("said.json");
  const Outcome outcome = chat("a\n/save " + path + "\n//b\n/exit\nc\n", {"--system", "c"});
  EXPECT_EQ(outcome.code, exitDone) << outcome.error;
  std::ifstream saved(path);
  EXPECT_EQ(nlohmann::json::parse(saved), nlohmann::json::parse(R"([
    {"role": "system", "content": "c"}, {"role": "user", "content": "a"},
    {"role": "assistant", "content": "ab"}])"));
  EXPECT_EQ(chat("/save /nowhere/x\n").code, exitFailed);
}

TEST_F(Chat, SaysThatTheContextIsFull) {
  const Outcome outcome = chat("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
  EXPECT_EQ(outcome.code, exitFailed);
  EXPECT_THAT(outcome.error, HasSubstr("36 tokens and the context only 32"));
  EXPECT_THAT(outcome.error, HasSubstr("/reset"));
  // A long answer that meets the end of the context.
  EXPECT_THAT(chat("a\n", {"--context", "3", "-n", "9"}, "<s>a").error,
              HasSubstr("[the context is full"));
}

TEST_F(Chat, NamesWhatIsWrong) {
  EXPECT_THAT(chat("a\n", {}, "").error,
              HasSubstr("chat: expected a chat template, found an empty file"));
  EXPECT_THAT(chat("a\n", {}, "{% if %}").error, HasSubstr("chat: line 1: expected an expression"));
  EXPECT_THAT(chat("a\n", {}, "{{ raise_exception('No.') }}").error,
              HasSubstr("weft: chat template, line 1: the template refuses: No."));
  EXPECT_THAT(chat("/what\n").error, HasSubstr("no command '/what'"));
  EXPECT_EQ(chat("a\n", {"--top-p", "2"}).code, exitUsage);
  // The synthetic artifact's own template is good.
  EXPECT_EQ(test::weft({"chat", model, "--device", "counting", "-n", "1"}, "a\n").code, exitDone);
}

TEST_F(Chat, CtrlCEndsTheAnswer) {
  test::onCountingCall = [] { std::raise(SIGINT); };
  const Outcome outcome = chat("a\nc\n", {}, "{{ messages[0].content }}");
  EXPECT_EQ(outcome.code, exitInterrupted);
  EXPECT_THAT(outcome.error, HasSubstr("[stopped]"));
}

} // namespace
