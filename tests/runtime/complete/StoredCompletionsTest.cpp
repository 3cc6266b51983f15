// Stored completions come back as they were, and what is stored is not believed.
#include "runtime/complete/StoredCompletions.h"
#include "tests/Shared.h"

#include <gmock/gmock.h>

using namespace weft;
using namespace weft::complete;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class Stored : public testing::Test {
protected:
  test::TemporaryFolder folder;
  const std::string path = folder.file("completions.db");
  std::vector<std::string> troubles;

  StoredCompletions open(const std::string &key) {
    return {path, 1 << 20, key, [this](const std::string &why) { troubles.push_back(why); }};
  }
};

Completions twoTexts() {
  Completions completions;
  completions.texts = {{.text = "a \"é\"\n",
                        .ids = {1, 2},
                        .stop = Stop::StopString,
                        .logProbabilities = {{-0.1, {{1, -0.1}}}, {-1e-300, {}}},
                        .beam = {}},
                       {.text = "",
                        .ids = {},
                        .stop = Stop::Context,
                        .logProbabilities = {},
                        .beam = Completion::Beam{-1.25, -0.1}}};
  completions.generation.promptTokens = 7;
  return completions;
}

TEST_F(Stored, ComeBackAsTheyWere) {
  open("key").store(twoTexts());
  const auto found = open("key").find();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->promptTokens, 7u);
  EXPECT_EQ(found->newTokens, 2u);
  ASSERT_EQ(found->texts.size(), 2u);
  const Completion &first = found->texts[0], &second = found->texts[1];
  EXPECT_EQ(first.text, "a \"é\"\n");
  EXPECT_THAT(first.ids, ElementsAre(1, 2));
  EXPECT_EQ(first.stop, Stop::StopString);
  ASSERT_EQ(first.logProbabilities.size(), 2u);
  EXPECT_EQ(first.logProbabilities[1].taken, -1e-300);
  EXPECT_EQ(first.logProbabilities[0].best.at(0).value, -0.1);
  EXPECT_FALSE(first.beam);
  EXPECT_EQ(second.stop, Stop::Context);
  ASSERT_TRUE(second.beam);
  EXPECT_EQ(second.beam->score, -1.25);
  EXPECT_FALSE(open("another").find());
  EXPECT_TRUE(troubles.empty());
}

TEST_F(Stored, AreNotInterruptedOnes) {
  Completions completions = twoTexts();
  completions.texts[1].stop = Stop::Interrupted;
  open("key").store(completions);
  EXPECT_FALSE(open("key").find());
}

TEST_F(Stored, AreNotBelieved) {
  const char *wrong[] = {
      "",
      "[]",
      "{}",
      "{\"prompt_tokens\": 1, \"texts\": []}",
      "{\"prompt_tokens\": -1, \"texts\": 3}",
      R"({"prompt_tokens": 1, "texts": [{"text": 1, "tokens": [], "stop": 0, "logprobs": []}]})",
      R"({"prompt_tokens": 1, "texts": [{"text": "", "tokens": [], "stop": 9, "logprobs": []}]})",
      R"({"prompt_tokens": 1, "texts": [{"text": "", "tokens": [], "stop": 0, "logprobs": [[]]}]})",
      R"({"prompt_tokens": 1, "texts": [{"text": "", "tokens": ["x"], "stop": 0, "logprobs": []}]})",
      R"({"prompt_tokens": 1, "texts": [{"text": "", "tokens": [1], "stop": 0, "logprobs": [[0, []], [0, []]]}]})"};
  for (const char *text : wrong) {
    auto cache = CompletionCache::open(path, 1 << 20);
    ASSERT_TRUE(cache);
    ASSERT_TRUE(cache->store("key", text));
    troubles.clear();
    StoredCompletions stored = open("key");
    EXPECT_FALSE(stored.find()) << text;
    ASSERT_EQ(troubles.size(), 1u) << text;
    EXPECT_THAT(troubles[0], HasSubstr("is none of weft's"));
    EXPECT_FALSE(stored.find());
    EXPECT_EQ(troubles.size(), 1u) << "told once";
  }
}

TEST_F(Stored, GoOnWithoutAFile) {
  StoredCompletions stored(folder.file("no/such"), 1 << 20, "key",
                           [this](const std::string &why) { troubles.push_back(why); });
  ASSERT_EQ(troubles.size(), 1u);
  EXPECT_THAT(troubles[0], HasSubstr("no/such"));
  EXPECT_FALSE(stored.find());
  stored.store(twoTexts());
  EXPECT_EQ(troubles.size(), 1u);
}

} // namespace
