// The options of weft run that decide an answer, on a whole model that counts.
#include "CommandLine.h"
#include "CountingModel.h"
#include "tests/Shared.h"

#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

using namespace weft;
using namespace weft::cli;
using nlohmann::json;
using test::Outcome;
using testing::HasSubstr;

namespace {

int calls = 0;

class Answer : public testing::Test {
protected:
  test::TemporaryFolder folder;
  std::string model = folder.file("model.weft"), cache = "--cache=" + folder.file("answers.db");

  void SetUp() override {
    test::writeCountingModel(model);
    calls = 0;
    test::onCountingCall = [] { ++calls; };
  }
  void TearDown() override { test::onCountingCall = nullptr; }

  Outcome run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", model, "--device", "counting", "-p", "a"});
    return test::weft(arguments);
  }
  Outcome greedy(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--temperature", "0"});
    return run(arguments);
  }
  json runJson(std::vector<std::string> arguments) {
    arguments.push_back("--json");
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, exitDone) << outcome.error;
    return json::parse(outcome.out, nullptr, false);
  }
  std::string refusal(std::vector<std::string> arguments) {
    const Outcome outcome = run(arguments);
    EXPECT_NE(outcome.code, exitDone);
    EXPECT_EQ(outcome.out, "");
    return outcome.error;
  }
};

TEST_F(Answer, EndsBeforeAStopString) {
  EXPECT_EQ(greedy({"--stop", "\na"}).out, "abc\n"); // within a token, the newline kept back
  EXPECT_EQ(greedy({"--stop", "zz", "--stop", "c"}).out, "ab\n");
  EXPECT_EQ(greedy({"--stop", "b\n"}).out, "abc\nab\n"); // never complete: nothing is lost
  const json stopped = runJson({"--temperature", "0", "--stop", "c"});
  EXPECT_EQ(stopped["text"], "b");
  EXPECT_EQ(stopped["stop"], "stop-string");
  EXPECT_THAT(greedy({"--stop", "c"}).error, HasSubstr("stopped: a stop string"));
  EXPECT_THAT(refusal({"--stop", ""}), HasSubstr("found an empty one"));
}

TEST_F(Answer, EndsAtATokenThatIsNoText) {
  const json special = runJson({"--stop", "<s>", "--logit-bias", "0=50"});
  EXPECT_EQ(special["text"], "");
  EXPECT_EQ(special["stop"], "stop-string");
  for (const char *token : {"3", "c"}) {
    const json stopped = runJson({"--temperature", "0", "--stop-token", token});
    EXPECT_EQ(stopped["text"], "b") << token;
    EXPECT_EQ(stopped["stop"], "end");
    EXPECT_EQ(stopped["tokens"], json({2})) << token;
  }
  EXPECT_THAT(refusal({"--stop-token", "7"}), HasSubstr("--stop-token: expected a token below 7"));
  EXPECT_THAT(refusal({"--stop-token", "ca"}), HasSubstr("\"ca\", which is 2 tokens"));
}

TEST_F(Answer, OfSeveralSamplesAreOneAfterAnother) {
  const Outcome outcome = greedy({"--samples", "2", "--seed", "5"});
  EXPECT_EQ(outcome.out, "[1 of 2]\nabc\nab\n[2 of 2]\nabc\nab\n") << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("stopped: end of text (2)"));
  const json answers = runJson({"--temperature", "0", "--samples", "3"});
  ASSERT_EQ(answers["answers"].size(), 3u);
  EXPECT_EQ(answers["answers"][2]["text"], "bc\nab");
  EXPECT_EQ(answers["new_tokens"], 12);
}

TEST_F(Answer, ObeysBiases) {
  EXPECT_EQ(greedy({"-n", "3", "--logit-bias", "3=50"}).out, "accc\n");
  EXPECT_EQ(greedy({"-n", "3", "--logit-bias", "\"c\"=50"}).out, "accc\n");
  EXPECT_EQ(greedy({"-n", "1", "--logit-bias", "2=-inf", "--logit-bias", "\"ab\"=1"}).out, "aab\n");
  EXPECT_THAT(refusal({"--logit-bias", "\"ca\"=1"}), HasSubstr("\"ca\", which is 2 tokens: 3 1"));
  EXPECT_THAT(refusal({"--logit-bias", "7=1"}), HasSubstr("expected a token below 7, found 7"));
  for (const char *wrong : {"7", "x=1", "1=", "1=nan", "1=1e9", "1=inf", "=1", "\"\"=1", "-1=2"})
    EXPECT_THAT(refusal({"--logit-bias", wrong}), HasSubstr("expected ID=BIAS")) << wrong;
}

TEST_F(Answer, ObeysPenalties) {
  EXPECT_EQ(greedy({"-n", "4", "--logit-bias", "3=50"}).out, "acccc\n");
  EXPECT_NE(greedy({"-n", "4", "--logit-bias", "3=50", "--frequency-penalty", "45"}).out,
            "acccc\n");
  EXPECT_THAT(refusal({"--repetition-penalty", "0"}), HasSubstr("above 0"));
  EXPECT_THAT(refusal({"--typical-p", "1.5"}), HasSubstr("at most 1"));
  EXPECT_THAT(refusal({"--penalty-window", "-1"}), HasSubstr("whole number"));
}

TEST_F(Answer, HasTheFormAskedFor) {
  EXPECT_EQ(greedy({"--regex", "c{3}"}).out, "accc\n");
  EXPECT_EQ(greedy({"--regex", "b(a|c)"}).out, "abc\n");
  std::ofstream(folder.file("g")) << "root ::= \"c\" rest\nrest ::= \"\\n\" | \"ab\"";
  EXPECT_EQ(greedy({"--grammar", folder.file("g")}).out, "ac\n\n");
  const Outcome impossible = greedy({"--regex", "d"});
  EXPECT_EQ(impossible.code, exitFailed);
  EXPECT_THAT(impossible.error, HasSubstr("no token of the vocabulary"));
}

TEST_F(Answer, TellsLogProbabilities) {
  const json answer = runJson({"--temperature", "0", "--logprobs", "2"});
  ASSERT_EQ(answer["logprobs"].size(), answer["tokens"].size());
  const json &first = answer["logprobs"][0];
  EXPECT_EQ(first["id"], 2);
  EXPECT_EQ(first["token"], "b");
  EXPECT_NEAR(first["logprob"], -std::log(1 + 6 * std::exp(-10.0)), 1e-9);
  EXPECT_EQ(first["best"].size(), 2u);
  EXPECT_EQ(first["best"][0], (json{{"id", 2}, {"token", "b"}, {"logprob", first["logprob"]}}));
  EXPECT_FALSE(first.contains("bytes"));
  EXPECT_FALSE(runJson({}).contains("logprobs"));
  EXPECT_THAT(refusal({"--logprobs", "1"}), HasSubstr("--json alone"));
}

TEST_F(Answer, TellsTokensAsText) {
  const json answer = runJson({"--temperature", "0", "--logprobs", "7"});
  std::string joined;
  for (const json &token : answer["logprobs"])
    joined += token["token"];
  EXPECT_EQ(answer["text"], joined);
  std::vector<std::string> tokens(7);
  for (const json &token : answer["logprobs"][0]["best"])
    tokens.at(token["id"]) = token["token"];
  EXPECT_EQ(tokens, (std::vector<std::string>{"<s>", "a", "b", "c", "\n", "ab", "</s>"}));
}

TEST_F(Answer, TellsTheBytesOfTokensThatAreNoText) {
  test::writeCountingModel(model, "<0xE2>");
  const json answer = runJson({"--temperature", "0", "-n", "3", "--logprobs", "0"});
  const json &newline = answer["logprobs"][2];
  EXPECT_EQ(newline["id"], 4);
  EXPECT_EQ(newline["token"], "\uFFFD");
  EXPECT_EQ(newline["bytes"], json::array({0xE2}));
}

TEST_F(Answer, IsTheLikeliestByBeamSearch) {
  EXPECT_EQ(run({"--beams", "1"}).out, "abc\nab\n");
  const json answer = runJson({"--beams", "1"});
  EXPECT_EQ(answer["text"], "bc\nab");
  EXPECT_NEAR(answer["score"], double(answer["logprob"]) / 5, 1e-12); // four tokens and the end
  EXPECT_THAT(refusal({"--beams", "2", "--samples", "3"}), HasSubstr("at most as many as beams"));
  EXPECT_THAT(refusal({"--beams", "2", "--top-k", "3"}), HasSubstr("leave out --top-k"));
  EXPECT_THAT(refusal({"--beams", "2", "--stop", "x"}), HasSubstr("--stop"));
  EXPECT_THAT(refusal({"--length-penalty", "2"}), HasSubstr("--beams"));
}

TEST_F(Answer, IsGuessedAhead) {
  const Outcome draft = greedy({"--draft", model, "--draft-tokens", "2"});
  EXPECT_EQ(draft.out, "abc\nab\n") << draft.error;
  EXPECT_THAT(draft.error, HasSubstr(" of them accepted ("));
  EXPECT_EQ(greedy({"--lookup"}).out, "abc\nab\n");
  EXPECT_THAT(refusal({"--lookup", "--samples", "2"}), HasSubstr("leave out --samples"));
  EXPECT_THAT(refusal({"--lookup", "--draft", model}), HasSubstr("excludes"));
  EXPECT_THAT(refusal({"--draft-tokens", "3"}), HasSubstr("add --draft or --lookup"));
  EXPECT_THAT(refusal({"--draft", "none.weft"}), HasSubstr("none.weft"));
}

TEST_F(Answer, IsStoredAndGivenAgain) {
  EXPECT_EQ(greedy({cache}).out, "abc\nab\n");
  const int before = calls;
  const Outcome again = greedy({cache});
  EXPECT_EQ(again.out, "abc\nab\n");
  EXPECT_EQ(calls, before) << "the model ran";
  EXPECT_THAT(again.error,
              HasSubstr("completion of 4 tokens stored in " + folder.file("answers.db")));
  const json stored = runJson({"--temperature", "0", cache});
  EXPECT_EQ(stored["cached"], true);
  EXPECT_EQ(stored["text"], "bc\nab");
  EXPECT_EQ(stored["stop"], "end");
  for (const std::vector<std::string> &other :
       {std::vector<std::string>{"--stop", "c"}, {"-n", "3"}, {"--context", "20"}}) {
    const int ran = calls;
    std::vector<std::string> arguments = {cache};
    arguments.insert(arguments.end(), other.begin(), other.end());
    greedy(arguments);
    EXPECT_GT(calls, ran) << other[0];
  }
  EXPECT_THAT(refusal({"--cache-limit", "5"}), HasSubstr("--cache"));
}

TEST_F(Answer, ThatWasInterruptedIsNotStored) {
  test::onCountingCall = [] {
    if (++calls == 2)
      std::raise(SIGINT);
  };
  EXPECT_EQ(greedy({cache}).code, exitInterrupted);
  EXPECT_EQ(greedy({cache}).out, "abc\nab\n");
  EXPECT_GT(calls, 3);
}

} // namespace
