// Whole models against the reference evaluator, which runs the imported graph in f32.
//
// The norm is ||a - b|| / ||b|| over the logits of all positions.

#include "ir/reference/Evaluator.h"
#include "models/Family.h"
#include "runtime/program/Session.h"
#include "tests/Shared.h"
#include "tests/backends/Conformance.h"
#include "tests/end_to_end/Checkpoints.h"

#include <gtest/gtest.h>

namespace weft::test {
namespace {

std::vector<int32_t> someTokens(int32_t vocabulary) {
  std::vector<int32_t> tokens;
  for (int32_t i = 0; i < 60; ++i)
    tokens.push_back((i * 37 + 11) % vocabulary);
  return tokens;
}

std::vector<int32_t> upTo(int32_t count) {
  std::vector<int32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

std::vector<float> referenceLogits(const std::string &path, const std::vector<int32_t> &tokens) {
  mlir::MLIRContext context;
  auto checkpoint = openCheckpoint(path);
  EXPECT_TRUE(checkpoint.has_value()) << (checkpoint ? "" : checkpoint.error().message);
  auto module = buildModel(**checkpoint, context);
  EXPECT_TRUE(module.has_value()) << (module ? "" : module.error().message);
  WeightFiles files;
  auto evaluator = Evaluator::create(**module, files, {.context = 96, .sequences = 1});
  int32_t n = tokens.size();
  auto logits = evaluator->run("forward", {Tensor::ofIndices(tokens), Tensor::ofIndices(upTo(n)),
                                           Tensor::ofIndices(std::vector<int32_t>(n, 0)),
                                           Tensor::ofIndices(upTo(n))});
  EXPECT_TRUE(logits.has_value()) << (logits ? "" : logits.error().message);
  return (*logits)[0].values();
}

class Accuracy : public ::testing::Test {
protected:
  void compileModel(const std::string &checkpoint, std::optional<WeightFormat> quantize) {
    CompilationOptions options;
    options.input = checkpoint;
    options.output = folder.file("model.weft");
    options.quantize = quantize;
    Result<void> compiled = compile(options);
    ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
  }

  /// Logits of all tokens, `perCall` tokens a call.
  std::vector<float> logits(const std::vector<int32_t> &tokens, size_t perCall, unsigned threads) {
    auto artifact = Artifact::open(folder.file("model.weft"));
    EXPECT_TRUE(artifact.has_value()) << (artifact ? "" : artifact.error().message);
    auto session = Session::open(*artifact, {.threads = threads, .rows = 96});
    EXPECT_TRUE(session.has_value()) << (session ? "" : session.error().message);
    std::vector<int32_t> positions = upTo(tokens.size()), sequences(tokens.size(), 0), rows = positions;
    std::vector<float> result;
    for (size_t i = 0; i < tokens.size(); i += perCall) {
      size_t n = std::min(perCall, tokens.size() - i);
      auto part = (*session)->forward({std::span(tokens).subspan(i, n), std::span(positions).subspan(i, n),
                                       std::span(sequences).subspan(i, n), std::span(rows).first(n)});
      EXPECT_TRUE(part.has_value()) << (part ? "" : part.error().message);
      if (part)
        result.insert(result.end(), part->begin(), part->end());
    }
    return result;
  }

  void expectAccurate(const std::string &checkpoint, int32_t vocabulary, double f32Bound = 1e-4) {
    std::vector<int32_t> tokens = someTokens(vocabulary);
    std::vector<float> expected = referenceLogits(checkpoint, tokens);
    struct Case {
      std::optional<WeightFormat> quantize;
      const char *name;
      double bound;
    };
    for (const Case &c : {Case{{}, "f32", f32Bound}, Case{WeightFormat::Q8, "q8", 2e-2},
                          Case{WeightFormat::Q4, "q4", 3e-1}}) {
      SCOPED_TRACE(c.name);
      compileModel(checkpoint, c.quantize);
      if (HasFatalFailure())
        return;
      std::vector<float> together = logits(tokens, tokens.size(), 1);
      ASSERT_EQ(together.size(), expected.size());
      double error = relativeError(together, expected);
      RecordProperty(c.name, std::to_string(error));
      std::printf("  %s: relative error %.2e (bound %.0e)\n", c.name, error, c.bound);
      EXPECT_LE(error, c.bound);
      EXPECT_EQ(logits(tokens, tokens.size(), 2), together) << "with two threads";
      EXPECT_EQ(logits(tokens, 1, 2), together) << "token by token";
      EXPECT_EQ(logits(tokens, 7, 1), together) << "seven tokens a call";
    }
  }

  TemporaryFolder folder;
};

TEST_F(Accuracy, LlamaOfGaussianWeights) {
  TemporaryDirectory directory;
  expectAccurate(GaussianCheckpoint(1).llama().writeHuggingFace(directory), GaussianCheckpoint::vocabulary);
}

TEST_F(Accuracy, Gpt2OfGaussianWeights) {
  TemporaryDirectory directory;
  expectAccurate(GaussianCheckpoint(2).gpt2().writeHuggingFace(directory), GaussianCheckpoint::vocabulary);
}

TEST_F(Accuracy, Stories260K) {
  auto path = sharedPath("models/stories260K/stories260K.gguf");
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is absent";
  std::vector<int32_t> tokens = someTokens(512);
  std::vector<float> expected = referenceLogits(path.string(), tokens);
  compileModel(path.string(), {});
  std::vector<float> together = logits(tokens, tokens.size(), 1);
  EXPECT_LE(relativeError(together, expected), 1e-4);
  EXPECT_EQ(logits(tokens, 1, 2), together) << "token by token, two threads";
}

} // namespace
} // namespace weft::test
