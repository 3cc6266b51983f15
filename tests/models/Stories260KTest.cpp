// A real model: from each of its two forms to the text that llama2.c prints.
#include "runtime/text/tokenizer/Tokenizer.h"
#include "tests/Shared.h"
#include "tests/models/Models.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace weft {
namespace {

using namespace test;

/// "Once upon a time" with the begin of a sequence.
const std::vector<int32_t> once = {1, 403, 407, 261, 378};

class Stories260K : public testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    folder = sharedPath("models/stories260K");
    if (!std::filesystem::exists(folder))
      GTEST_SKIP() << "no " << folder << "; set WEFT_SHARED to the folder that has models/";
    model = std::make_unique<Model>((folder / GetParam()).string());
    ASSERT_TRUE(model->module);
  }
  /// The prompt and what follows it, `total` tokens in all: each is the likeliest.
  static std::vector<int32_t> greedy(Model &model, std::vector<int32_t> tokens, size_t total) {
    WeightFiles files;
    Result<Evaluator> evaluator = Evaluator::create(*model.module, files, {512, 1});
    EXPECT_TRUE(evaluator.has_value()) << evaluator.error().message;
    for (size_t done = 0; tokens.size() < total;) {
      std::vector<int32_t> now(tokens.begin() + done, tokens.end()), positions;
      for (size_t i = done; i < tokens.size(); ++i)
        positions.push_back(int32_t(i));
      auto logits =
          evaluator->run("forward", {Tensor::ofIndices(now), Tensor::ofIndices(positions),
                                     Tensor::ofIndices(std::vector<int32_t>(now.size(), 0)),
                                     Tensor::ofIndices({int32_t(now.size()) - 1})});
      EXPECT_TRUE(logits.has_value()) << logits.error().message;
      if (!logits)
        break;
      done = tokens.size();
      const std::vector<float> &row = logits->front().values();
      tokens.push_back(int32_t(std::max_element(row.begin(), row.end()) - row.begin()));
    }
    return tokens;
  }

  std::filesystem::path folder;
  std::unique_ptr<Model> model;
};

TEST_P(Stories260K, Imports) {
  EXPECT_TRUE(mlir::succeeded(mlir::verify(*model->module)));
  ModelInfo info = model->info();
  EXPECT_EQ(info.family, "llama");
  EXPECT_EQ(info.vocabulary, 512);
  EXPECT_EQ(info.context, 512);
  EXPECT_EQ(std::get<int64_t>(info.config["layers"]), 5);
  EXPECT_EQ(model->count<StateOp>(), 5);
}

TEST_P(Stories260K, GreedyTextIsThatOfLlama2c) {
  auto tokenizer = text::Tokenizer::fromJson(model->checkpoint->tokenizerJson());
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->encode("Once upon a time"), once);
  // llama2.c runs 200 steps; its last output is the token after position 199.
  Result<std::string> text = (*tokenizer)->decode(greedy(*model, once, 201));
  ASSERT_TRUE(text.has_value()) << text.error().message;
  std::ifstream file(folder / "expected/once_upon_a_time.txt");
  std::stringstream expected;
  expected << file.rdbuf();
  // llama2.c ends its output with a newline of its own.
  EXPECT_EQ(*text + "\n", expected.str());
}

TEST_P(Stories260K, BothFormsGiveTheSameIds) {
  Model other((folder / "hf").string());
  EXPECT_EQ(greedy(*model, once, 201), greedy(other, once, 201));
}

INSTANTIATE_TEST_SUITE_P(Forms, Stories260K, testing::Values("hf", "stories260K.gguf"),
                         [](const auto &form) {
                           return std::string(form.index == 0 ? "HuggingFace" : "Gguf");
                         });

} // namespace
} // namespace weft
