// What docs/determinism.md promises: the same text, however it was made.

#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace weft::test {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class SameText : public CommandTest {
protected:
  void SetUp() override { takeModel(demo); }

  std::string write(const std::string &options) { return runWell(command(options)); }
  json writeJson(const std::string &options) {
    return json::parse(write(options + " --json"), nullptr, false);
  }
  std::string command(const std::string &options) const {
    return weft + " run " + artifact + " -p 'It was a dark and stormy night, and' -n 60 " + options;
  }

  /// Greedy, drawn, and with all that looks at what was said before.
  const std::vector<std::string> ways = {
      "--temperature 0", "--seed 3",
      "--seed 4 --typical-p 0.9 --repetition-penalty 1.2 --frequency-penalty 0.3 --min-p 0.02",
      "--seed 5 --regex '[A-Za-z ,;.]*'"};
};

TEST_F(SameText, TwiceAndNotWithAnotherSeed) {
  for (const std::string &way : ways)
    EXPECT_EQ(write(way), write(way)) << way;
  EXPECT_NE(write("--seed 3"), write("--seed 4"));
}

TEST_F(SameText, OverThreads) {
  for (const std::string &way : ways)
    EXPECT_EQ(write(way + " --threads 1"), write(way + " --threads 3")) << way;
}

TEST_F(SameText, OfAPromptAtOnceOrPieceByPiece) {
  for (const std::string &way : ways)
    for (const char *batch : {"1", "3"})
      EXPECT_EQ(write(way + " --batch " + batch), write(way)) << way;
}

TEST_F(SameText, OverLengthsOfTheContext) {
  EXPECT_EQ(write("--seed 3 --context 128"), write("--seed 3 --context 512"));
}

TEST_F(SameText, OfASampleAloneOrAmongOthers) {
  for (const std::string options : {"", "--presence-penalty 0.4", "--regex '[A-Za-z ,;.]*'"}) {
    const json together = writeJson("--samples 4 --seed 20 " + options);
    ASSERT_EQ(together["answers"].size(), 4u);
    for (int i = 0; i < 4; ++i)
      EXPECT_EQ(together["answers"][size_t(i)]["text"],
                writeJson("--seed " + std::to_string(20 + i) + " " + options)["text"])
          << i << " " << options;
  }
}

TEST_F(SameText, WithGuessesAheadAndWithout) {
  const std::string smaller = folder.file("draft.weft");
  ASSERT_EQ(compileOnce(demo, "--quantize=q4", smaller).code, 0);
  for (const std::string &way : ways) {
    const std::string plain = write(way);
    EXPECT_EQ(write(way + " --lookup"), plain) << way;
    EXPECT_EQ(write(way + " --draft " + smaller), plain) << way;
    EXPECT_EQ(write(way + " --draft " + smaller + " --draft-tokens 1 --threads 1"), plain) << way;
  }
  const json guessed = writeJson("--temperature 0 --draft " + smaller);
  EXPECT_GT(guessed.value("accepted_tokens", 0), 10) << guessed.dump();
}

TEST_F(SameText, OfBeams) {
  const std::string once = write("--beams 4 --samples 2");
  EXPECT_THAT(once, testing::StartsWith("[1 of 2, score -"));
  EXPECT_EQ(write("--beams 4 --samples 2 --threads 1 --batch 5"), once);
  EXPECT_EQ(write("--beams 1"), write("--temperature 0"));
}

TEST_F(SameText, StoredOrNot) {
  const std::string cache = " --cache=" + folder.file("answers.db");
  for (const std::string &way : ways) {
    const std::string plain = write(way);
    for (const char *expected : {"decode", "stored in", "stored in"}) {
      const CommandResult result = run(command(way + cache));
      EXPECT_EQ(result.code, 0) << result.err;
      EXPECT_EQ(result.out, plain) << way;
      EXPECT_THAT(result.err, HasSubstr(expected));
    }
  }
  const json first = writeJson("--samples 2 --seed 9 --logprobs 2" + cache);
  const json second = writeJson("--samples 2 --seed 9 --logprobs 2" + cache);
  EXPECT_EQ(first["cached"], false);
  EXPECT_EQ(second["cached"], true);
  EXPECT_EQ(first["answers"], second["answers"]);
}

TEST_F(SameText, IsNotStoredAcrossWhatDecidesIt) {
  const std::string cache = " --temperature 0 --cache=" + folder.file("answers.db");
  write(cache);
  for (const std::string other :
       {"--stop dark", "--logit-bias 5=1", "--repetition-penalty 1.1", "--samples 2",
        "--regex '[a-z ]*'", "--context 300", "--logprobs 1 --json"})
    EXPECT_THAT(run(command(other + cache)).err, HasSubstr("decode")) << other;
  // What changes nothing is no part of the question.
  for (const std::string same : {"--seed 7", "--threads 1", "--batch 2", "--lookup", "--top-k 3"})
    EXPECT_THAT(run(command(same + cache)).err, HasSubstr("stored in")) << same;
  takeModel(demo, "--quantize=q4");
  EXPECT_THAT(run(command(cache)).err, HasSubstr("decode"));
}

TEST_F(SameText, WhateverTheCacheFileIs) {
  const std::string cache = folder.file("answers.db"), options = "--temperature 0 --cache=" + cache;
  const std::string plain = write("--temperature 0");
  auto expectGoesOn = [&](const std::string &why) {
    const CommandResult result = run(command(options));
    EXPECT_EQ(result.code, 0);
    EXPECT_EQ(result.out, plain);
    EXPECT_THAT(result.err, HasSubstr("weft: going on without the completion cache: "));
    EXPECT_THAT(result.err, HasSubstr(why));
  };
  writeFile(cache,
            "no database at all, but long enough to be looked at as one" + std::string(500, '.'));
  expectGoesOn("is damaged, or something else than a completion cache");
  std::filesystem::remove(cache);
  std::filesystem::create_directory(cache);
  expectGoesOn("expected a file");
  std::filesystem::remove(cache);
  EXPECT_EQ(write(options), plain);
  std::string bytes = readFile(cache);
  std::fill(bytes.begin() + 100, bytes.end(), '\xff'); // all but the header
  writeFile(cache, bytes);
  expectGoesOn("answers.db");
}

TEST_F(SameText, OfProcessesThatShareACache) {
  const std::string line = command("--seed 1 --cache=" + folder.file("answers.db"));
  runWell("for i in 1 2 3 4; do " + line + " >out$i & done; wait");
  for (const char *other : {"out2", "out3", "out4"})
    EXPECT_EQ(readFile(folder.file(other)), readFile(folder.file("out1")));
  EXPECT_THAT(run(line).err, HasSubstr("stored in"));
}

TEST_F(SameText, DefaultCacheIsInTheStateFolder) {
  const std::string line = "XDG_STATE_HOME=" + folder.path().string() + " " + command("--cache");
  runWell(line);
  EXPECT_TRUE(std::filesystem::exists(folder.file("weft/answers.db")));
  const CommandResult again = run(line); // the seed is 0 where there is a cache
  EXPECT_THAT(again.err, HasSubstr("stored in " + folder.file("weft/answers.db")));
}

} // namespace
} // namespace weft::test
