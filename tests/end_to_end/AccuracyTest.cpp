// Whole models against the reference evaluator, which runs the imported graph in f32.
//
// The norm is ||a - b|| / ||b|| over the logits of all positions. Bounds are those that the
// project sets for f32, q8 and q4; an f32 model differs by the order of its sums alone.

#include "tests/backends/Conformance.h"
#include "tests/end_to_end/Checkpoints.h"
#include "tests/end_to_end/Logits.h"

namespace weft::test {
namespace {

class Accuracy : public ArtifactTest {
protected:
  void expectAccurate(const std::string &checkpoint) {
    std::vector<int32_t> tokens = someTokens(GaussianCheckpoint::vocabulary);
    std::vector<float> expected = referenceLogits(checkpoint, tokens);
    struct Case {
      std::optional<WeightFormat> quantize;
      const char *name;
      double bound;
    };
    for (const Case &c : {Case{{}, "f32", 1e-4}, Case{WeightFormat::Q8, "q8", 2e-2},
                          Case{WeightFormat::Q4, "q4", 3e-1}}) {
      SCOPED_TRACE(c.name);
      compileModel(checkpoint, c.quantize);
      if (HasFatalFailure())
        return;
      std::vector<float> together = logits(tokens, tokens.size(), 1);
      ASSERT_EQ(together.size(), expected.size());
      expectError(c.name, relativeError(together, expected), c.bound);
      EXPECT_EQ(logits(tokens, tokens.size(), 2), together) << "with two threads";
      EXPECT_EQ(logits(tokens, 1, 2), together) << "token by token";
      EXPECT_EQ(logits(tokens, 7, 1), together) << "seven tokens a call";
    }
  }
};

TEST_F(Accuracy, LlamaOfGaussianWeights) {
  TemporaryDirectory directory;
  expectAccurate(GaussianCheckpoint(1).llama().writeHuggingFace(directory));
}

TEST_F(Accuracy, Gpt2OfGaussianWeights) {
  TemporaryDirectory directory;
  expectAccurate(GaussianCheckpoint(2).gpt2().writeHuggingFace(directory));
}

TEST_F(Accuracy, Stories260K) {
  auto path = sharedPath("models/stories260K/stories260K.gguf");
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is absent";
  std::vector<int32_t> tokens = someTokens(512);
  std::vector<float> expected = referenceLogits(path.string(), tokens);
  compileModel(path.string());
  std::vector<float> together = logits(tokens, tokens.size(), 1);
  ASSERT_EQ(together.size(), expected.size());
  expectError("f32", relativeError(together, expected), 1e-4);
  EXPECT_EQ(logits(tokens, 1, 2), together) << "token by token, two threads";
}

} // namespace
} // namespace weft::test
