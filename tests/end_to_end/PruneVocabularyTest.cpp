// A model without the tokens that were taken out of its tokenizer.

#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>

namespace weft::test {
namespace {

class PruneVocabulary : public CommandTest {
protected:
  void SetUp() override {
    runWell(weft + " tokenizer prune " + demo + "/tokenizer.json " + demo +
            "/eval.txt --share 0.05 " + "-o pruned.json --report report.json");
    report = nlohmann::json::parse(readFile(folder.file("report.json")));
    kept = report["kept"].get<std::vector<int>>();
    ASSERT_LT(kept.size(), 2040u);
  }

  /// [tokens, columns], of ids separated by commas.
  std::vector<float> logits(const std::string &ids) {
    std::string file = logitsOf(ids);
    EXPECT_GT(file.size(), 128u);
    std::vector<float> values((file.size() - 128) / sizeof(float));
    std::memcpy(values.data(), file.data() + file.size() - values.size() * sizeof(float),
                values.size() * sizeof(float));
    return values;
  }

  nlohmann::json report;
  std::vector<int> kept;
};

TEST_F(PruneVocabulary, KeepsTheBitsOfTheLogitsThatStay) {
  std::vector<int> before = {2046, 300, 301, 400, 5, 1000, 700}, after;
  std::string oldIds, newIds;
  for (int id : before) {
    auto place = std::ranges::find(kept, id);
    if (place == kept.end())
      continue;
    oldIds += (oldIds.empty() ? "" : ",") + std::to_string(id);
    newIds += (newIds.empty() ? "" : ",") + std::to_string(place - kept.begin());
    after.push_back(id);
  }
  for (const char *quantize : {"none", "q4"}) {
    SCOPED_TRACE(quantize);
    takeModel(demo, std::string("--quantize=") + quantize);
    const std::vector<float> all = logits(oldIds);
    compileModel(demo, std::string("--prune-vocab report.json --quantize=") + quantize);
    const std::vector<float> left = logits(newIds);
    const size_t rows = after.size();
    ASSERT_EQ(left.size(), rows * kept.size());
    const size_t columns = all.size() / rows;
    size_t wrong = 0;
    for (size_t row = 0; row < rows; ++row)
      for (size_t i = 0; i < kept.size(); ++i)
        wrong += left[row * kept.size() + i] != all[row * columns + kept[i]];
    EXPECT_EQ(wrong, 0u);
  }
}

TEST_F(PruneVocabulary, RunsWithThePrunedTokenizer) {
  compileModel(demo, "--prune-vocab report.json");
  EXPECT_THAT(runWell(weft + " inspect " + artifact + " --json"),
              testing::HasSubstr("\"vocabulary\": " + std::to_string(kept.size())));
  EXPECT_GT(runWell(weft + " run " + artifact + " -p 'It was' -n 30 --seed 3").size(), 40u);
  EXPECT_EQ(runWell("printf 'It was cold' | " + weft + " tokenize " + artifact),
            runWell("printf 'It was cold' | " + weft + " tokenize pruned.json"));
}

TEST_F(PruneVocabulary, WritesTheSameTextWhereNoRemovedTokenOccurs) {
  runWell(weft + " tokenizer prune " + demo + "/tokenizer.json " + demo + "/eval.txt -o few.json " +
          "--report few-report.json");
  const std::string said = weft + " run " + artifact + " -p 'It was' -n 30 --temperature 0";
  takeModel(demo, "");
  const std::string before = runWell(said);
  compileModel(demo, "--prune-vocab few-report.json");
  EXPECT_EQ(runWell(said), before);
}

TEST_F(PruneVocabulary, RefusesAReportOnAnotherTokenizer) {
  runWell(weft + " tokenizer train --model byte-bpe --vocab-size 300 " + demo +
          "/eval.txt -o other.json");
  runWell(weft + " tokenizer prune other.json " + demo +
          "/eval.txt --share 1 -o o.json --report other-report.json");
  CommandResult result = run(weftc + " " + demo + " -o model.weft --prune-vocab other-report.json");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, testing::HasSubstr("expected the report on this model's tokenizer"));
  result = run(weftc + " " + demo + " -o model.weft --prune-vocab pruned.json");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, testing::HasSubstr("pruned.json: format: missing"));
}

} // namespace
} // namespace weft::test
