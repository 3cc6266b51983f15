// Whole models against the reference evaluator, which runs the imported graph in f32.
//
// The norm is ||a - b|| / ||b|| over the logits of all positions. Bounds are those that the
// project sets for f32, q8 and q4; an f32 model differs by the order of its sums alone. What
// q8 and q4 cost depends on the model: it grows with the layers, and with smaller
// embeddings. These models of two layers are within the bounds, but for q8 with embeddings
// much smaller than what the layers add (docs/performance.md says why).

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

TEST_F(Accuracy, UntrainedModels) {
  TemporaryDirectory llama, gpt2;
  expectAccurate(GaussianCheckpoint::untrained(3).llama().writeHuggingFace(llama));
  expectAccurate(GaussianCheckpoint::untrained(4).gpt2().writeHuggingFace(gpt2));
}

/// With embeddings of deviation 1 / sqrt(width) q8 alone costs more than the bound above
/// (2.7e-2 for this Llama), so what is held to here is that the kernels add nothing to it:
/// the reference evaluator on the quantized graph is as far away. An activation on the edge
/// between two codes may fall to either side, hence the 5%.
TEST_F(Accuracy, WhatTheFormatCostsWithSmallEmbeddingsTheKernelsDoNotAddTo) {
  TemporaryDirectory llama, gpt2;
  const float deviation = 1 / std::sqrt(float(GaussianCheckpoint::width));
  std::vector<int32_t> tokens = someTokens(GaussianCheckpoint::vocabulary);
  for (const auto &[family, checkpoint] :
       {std::pair("llama", GaussianCheckpoint(1, deviation).llama().writeHuggingFace(llama)),
        std::pair("gpt2", GaussianCheckpoint(2, deviation).gpt2().writeHuggingFace(gpt2))}) {
    std::vector<float> expected = referenceLogits(checkpoint, tokens);
    for (auto [quantize, name] :
         {std::pair(WeightFormat::Q8, "q8"), std::pair(WeightFormat::Q4, "q4")}) {
      compileModel(checkpoint, quantize);
      std::vector<float> quantized = quantizedReferenceLogits(checkpoint, quantize, tokens);
      if (HasFailure())
        return;
      double bound = 1.05 * relativeError(quantized, expected);
      if (quantize == WeightFormat::Q4)
        bound = std::min(bound, 3e-1);
      expectError(std::string(family) + "_" + name,
                  relativeError(logits(tokens, tokens.size(), 2), expected), bound);
    }
  }
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
