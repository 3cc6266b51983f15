// From a checkpoint to text, through the programs.

#include "tests/Shared.h"
#include "tests/end_to_end/Command.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace weft::test {
namespace {

class Text : public CommandTest {
protected:
  double perplexity(const std::string &text) {
    std::string out = runWell(weft + " eval " + artifact + " --text " + text);
    size_t at = out.find("perplexity ");
    return at == std::string::npos ? NAN : std::stod(out.substr(at + 11));
  }
};

TEST_F(Text, StoriesAreThoseOfTheModelsAuthor) {
  std::filesystem::path models = sharedPath("models/stories260K");
  if (!std::filesystem::exists(models))
    GTEST_SKIP() << models << " is absent";
  for (const char *form : {"stories260K.gguf", "hf"}) {
    takeModel((models / form).string(), "--quantize=none");
    if (HasFatalFailure())
      return;
    for (auto [prompt, file] :
         {std::pair("Once upon a time", "once_upon_a_time.txt"),
          std::pair("Tom and Anna went to the", "tom_and_anna_went_to_the.txt")}) {
      // The 200 steps of llama2.c count the prompt's tokens after the first, which is 196
      // new ones after "Once upon a time".
      std::string ids =
          runWell("printf '%s' '" + std::string(prompt) + "' | " + weft + " tokenize " + artifact);
      auto count = 200 - std::ranges::count(ids, ' ');
      for (const char *threads : {"1", "2"})
        EXPECT_EQ(runWell(weft + " run " + artifact + " -p '" + prompt + "' --temperature 0 -n " +
                          std::to_string(count) + " --threads " + threads),
                  readFile((models / "expected" / file).string()))
            << form << ", " << threads << " threads";
    }
  }
}

TEST_F(Text, SameSeedSameText) {
  takeModel(demo);
  auto write = [&](const std::string &options) {
    return runWell(weft + " run " + artifact + " -p 'It was' -n 40 " + options);
  };
  std::string first = write("--seed 3 --threads 1");
  EXPECT_GT(first.size(), 40u);
  EXPECT_EQ(write("--seed 3 --threads 2"), first);
  EXPECT_NE(write("--seed 4 --threads 2"), first);
}

TEST_F(Text, QuantizationCostsTheDemoModelLittle) {
  // The first part of the held-out text; the whole takes longer and says the same.
  std::string text = folder.file("text");
  writeFile(text, readFile(demo + "/eval.txt").substr(0, 16000));
  takeModel(demo);
  double plain = perplexity(text);
  takeModel(demo, "--quantize=q8");
  double q8 = perplexity(text);
  takeModel(demo, "--quantize=q4");
  double q4 = perplexity(text);
  RecordProperty("perplexity", std::to_string(plain));
  RecordProperty("q8_percent", std::to_string(100 * (q8 / plain - 1)));
  RecordProperty("q4_percent", std::to_string(100 * (q4 / plain - 1)));
  std::printf("  perplexity %.3f, q8 %+.3f%%, q4 %+.3f%%\n", plain, 100 * (q8 / plain - 1),
              100 * (q4 / plain - 1));
  EXPECT_LT(std::abs(q8 / plain - 1), 0.005);
  EXPECT_LT(std::abs(q4 / plain - 1), 0.06);
}

} // namespace
} // namespace weft::test
