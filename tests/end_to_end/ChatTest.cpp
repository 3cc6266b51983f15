// weft chat as a person sees it.

#include "tests/end_to_end/Command.h"
#include "tests/end_to_end/Terminal.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace weft::test {
namespace {

class ChatTerminal : public CommandTest {
protected:
  void SetUp() override {
    writeFile(folder.file("story.jinja"), "{{ bos_token }}{% for m in messages %}{{ m.content }}"
                                          "{{ eos_token if m.role == 'assistant' }}{% endfor %}");
    compileModel(demo, "--chat-template " + folder.file("story.jinja"));
  }
  std::string chat() const { return weft + " chat " + artifact + " --temperature 0 --timing"; }
  std::string state() const { return folder.path().string(); }
};

TEST_F(ChatTerminal, TalksEditsAndRemembers) {
  {
    Terminal terminal(chat(), state());
    ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
    // Ctrl-A goes to the beginning of the line, as anybody's fingers know.
    terminal.type("upon a time\x01Once \n");
    ASSERT_TRUE(terminal.waitFor("0 cached; reply")) << terminal.seen;
    ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
    terminal.type("\x04");
    EXPECT_EQ(terminal.wait(), 0) << terminal.seen;
  }
  // The next chat has the line as it was edited.
  Terminal terminal(chat(), state());
  ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
  terminal.type("\x10");
  EXPECT_TRUE(terminal.waitFor("Once upon a time")) << terminal.seen;
  const auto permissions = std::filesystem::status(folder.file("weft/chat_history")).permissions();
  EXPECT_EQ(permissions, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ChatTerminal, CtrlCStopsTheAnswerAndNotTheProgram) {
  Terminal terminal(chat() + " --threads 1", state());
  ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
  // Between the prompt and the reading of a key Ctrl-C goes unheard; a person presses again.
  bool heard = false;
  for (int i = 0; i < 10 && !heard; ++i) {
    terminal.interrupt();
    heard = terminal.waitFor("Ctrl-D ends the chat", 2);
  }
  ASSERT_TRUE(heard) << terminal.seen;
  ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
  terminal.type("Once upon a time\n");
  ASSERT_TRUE(terminal.waitFor("time\r\n")) << terminal.seen;
  ASSERT_TRUE(terminal.waitFor(" ")) << terminal.seen; // the answer has begun
  terminal.interrupt();
  ASSERT_TRUE(terminal.waitFor("[stopped]")) << terminal.seen;
  ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
  terminal.type("The end\n");
  ASSERT_TRUE(terminal.waitFor(" cached; reply")) << terminal.seen;
  terminal.type("/exit\n");
  EXPECT_EQ(terminal.wait(), 0) << terminal.seen;
}

TEST_F(ChatTerminal, GivesTheTerminalBackWhenItIsEnded) {
  for (const int signal : {SIGTERM, SIGHUP}) {
    Terminal terminal(chat(), state());
    ASSERT_TRUE(terminal.isUsual());
    ASSERT_TRUE(terminal.waitFor("> ")) << terminal.seen;
    terminal.type("Once");
    ASSERT_TRUE(terminal.waitFor("Once")) << terminal.seen;
    EXPECT_FALSE(terminal.isUsual()) << "nothing to give back";
    terminal.send(signal);
    EXPECT_EQ(terminal.wait(), 128 + signal) << terminal.seen;
    EXPECT_TRUE(terminal.isUsual());
  }
}

TEST_F(ChatTerminal, WithoutATerminalThereIsNothingButAnswers) {
  const CommandResult result =
      run("printf 'Once upon a time\\nThe end\\n' | " + chat() + " -n 5 --seed 1");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(std::ranges::count(result.out, '\n'), 2) << result.out;
  EXPECT_THAT(result.out + result.err, ::testing::Not(::testing::HasSubstr("\x1b")));
  EXPECT_THAT(result.err, ::testing::HasSubstr("[stopped after 5 tokens"));
  // Of the second turn the last token of the answer, an end and the message are read;
  // the begin, the first message and four tokens of the answer are held.
  const size_t second = result.err.find("[prompt", result.err.find("[prompt") + 1);
  ASSERT_NE(second, std::string::npos) << result.err;
  auto tokens = [&](const std::string &text) {
    return std::ranges::count(runWell("printf '" + text + "' | " + weft + " tokenize " + artifact +
                                      " --no-special"),
                              ' ') +
           1;
  };
  EXPECT_THAT(
      result.err.substr(second),
      ::testing::HasSubstr(std::to_string(5 + tokens("Once upon a time")) + " cached; reply"));
  EXPECT_THAT(result.err.substr(second),
              ::testing::HasSubstr("[prompt " + std::to_string(2 + tokens("The end")) + " tokens"));
}

TEST_F(ChatTerminal, AModelCannotSteerTheTerminal) {
  const std::string escape =
      runWell("printf '\\033' | " + weft + " tokenize " + artifact + " --no-special");
  const std::string line = weft + " run " + artifact +
                           " -p Once -n 2 --temperature 0 --logit-bias " +
                           std::to_string(std::stoi(escape)) + "=1000";
  EXPECT_EQ(runWell(line), "Once\x1b\x1b\n"); // a pipe gets what the model wrote
  Terminal terminal(line, state());
  EXPECT_TRUE(terminal.waitFor("Once\\u001B\\u001B")) << terminal.seen;
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_EQ(terminal.seen.find('\x1b'), std::string::npos);
}

TEST_F(ChatTerminal, AModelWithoutATemplateSaysSo) {
  takeModel(demo);
  const CommandResult result = run("echo Hi | " + chat());
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, ::testing::HasSubstr("has no chat template"));
  EXPECT_THAT(result.err, ::testing::HasSubstr("--template FILE"));
  writeFile(folder.file("bad.jinja"), "{% if %}");
  const CommandResult compiled =
      run(weftc + " " + demo + " -o x.weft --chat-template " + folder.file("bad.jinja"));
  EXPECT_EQ(compiled.code, 1);
  EXPECT_THAT(compiled.err, ::testing::HasSubstr("bad.jinja: line 1: expected an expression"));
}

} // namespace
} // namespace weft::test
