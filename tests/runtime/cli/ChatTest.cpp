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
  EXPECT_THAT(outcome.error, HasSubstr(" 0 cached; reply 1 tokens"));
  EXPECT_THAT(outcome.error, HasSubstr(" 4 cached; reply 1 tokens")); // then \n c \n
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
  EXPECT_THAT(guessed.error, HasSubstr("drafted tokens accepted"));
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

TEST_F(Chat, LinesOfOtherSystemsEndTheSameWay) {
  const std::string path = folder.file("said.json");
  const Outcome outcome =
      chat("\"\"\"\r\na\r\nb\r\n\"\"\"\r\n/save " + path + "\r\nc\r", {"-n", "1"});
  EXPECT_EQ(outcome.code, exitDone) << outcome.error;
  std::ifstream saved(path);
  ASSERT_TRUE(saved) << outcome.error;
  EXPECT_EQ(nlohmann::json::parse(saved)[0]["content"], "a\nb");
}

TEST_F(Chat, GivesTheTemplateItsVariables) {
  const std::string shows = "{{ 'c' if enable_thinking else 'a' }}{{ more | join }}";
  EXPECT_EQ(chat("a\n", {"-n", "1"}, shows).out, "b\n");
  EXPECT_EQ(chat("a\n", {"-n", "1", "--template-var", "enable_thinking=true"}, shows).out, "\n\n");
  const std::string both = R"({"enable_thinking": true, "more": ["b"]})";
  EXPECT_EQ(chat("a\n", {"-n", "1", "--chat-template-kwargs", both}, shows).out, "c\n");
  EXPECT_EQ(chat("a\n",
                 {"-n", "1", "--chat-template-kwargs", both, "--template-var", "more=[\"a\"]"},
                 shows)
                .out,
            "b\n");
  for (const char *wrong : {"x", "x=", "x=yes", "1x=1", "=1", "messages=[]"})
    EXPECT_THAT(chat("a\n", {"--template-var", wrong}).error, HasSubstr("--template-var")) << wrong;
  EXPECT_THAT(chat("a\n", {"--chat-template-kwargs", "[1]"}).error,
              HasSubstr("expected a JSON object, found a list"));
  EXPECT_THAT(chat("a\n", {"--chat-template-kwargs", "{"}).error, HasSubstr("expected JSON"));
}

TEST_F(Chat, ToolsAreDefinedAndNone) {
  const std::string shows = "{{ 'a' if tools is defined and tools is none and documents is none }}";
  EXPECT_EQ(chat("c\n", {"-n", "1"}, shows).out, "b\n");
  EXPECT_EQ(chat("c\n", {"-n", "1", "--template-var", "tools=[1]"}, "{{ 'b' if tools }}").out,
            "c\n");
}

TEST_F(Chat, CtrlCEndsTheAnswer) {
  test::onCountingCall = [] { std::raise(SIGINT); };
  const Outcome outcome = chat("a\nc\n", {}, "{{ messages[0].content }}");
  EXPECT_EQ(outcome.code, exitInterrupted);
  EXPECT_THAT(outcome.error, HasSubstr("[stopped]"));
}

} // namespace
