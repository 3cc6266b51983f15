// Logits of a whole model: of the reference evaluator, and of its artifact.
#pragma once

#include "compiler/Compilation.h"
#include "frontend/Checkpoint.h"
#include "ir/reference/Evaluator.h"
#include "models/Family.h"
#include "runtime/program/Session.h"
#include "tests/Shared.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <numeric>

namespace weft::test {

inline std::vector<int32_t> someTokens(int32_t vocabulary) {
  std::vector<int32_t> tokens;
  for (int32_t i = 0; i < 60; ++i)
    tokens.push_back((i * 37 + 11) % vocabulary);
  return tokens;
}

inline std::vector<int32_t> upTo(int32_t count) {
  std::vector<int32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

/// What the reference evaluator makes of `module`, in f32: [tokens, vocabulary].
inline std::vector<float> evaluate(mlir::ModuleOp module, const std::vector<int32_t> &tokens) {
  WeightFiles files;
  auto evaluator = Evaluator::create(module, files, {.context = 96, .sequences = 1});
  EXPECT_TRUE(evaluator.has_value()) << (evaluator ? "" : evaluator.error().message);
  if (!evaluator)
    return {};
  int32_t n = tokens.size();
  auto logits = evaluator->run("forward", {Tensor::ofIndices(tokens), Tensor::ofIndices(upTo(n)),
                                           Tensor::ofIndices(std::vector<int32_t>(n, 0)),
                                           Tensor::ofIndices(upTo(n))});
  EXPECT_TRUE(logits.has_value()) << (logits ? "" : logits.error().message);
  return logits ? (*logits)[0].values() : std::vector<float>();
}

/// Of the imported graph, neither fused nor quantized.
inline std::vector<float> referenceLogits(const std::string &path,
                                          const std::vector<int32_t> &tokens) {
  auto checkpoint = openCheckpoint(path);
  EXPECT_TRUE(checkpoint.has_value()) << (checkpoint ? "" : checkpoint.error().message);
  if (!checkpoint)
    return {};
  mlir::MLIRContext context;
  auto module = buildModel(**checkpoint, context);
  EXPECT_TRUE(module.has_value()) << (module ? "" : module.error().message);
  return module ? evaluate(**module, tokens) : std::vector<float>();
}

/// A test that compiles models to one artifact in a folder of its own.
class ArtifactTest : public ::testing::Test {
protected:
  void compileModel(const std::string &checkpoint, std::optional<WeightFormat> quantize = {}) {
    compileTo({}, artifactPath, checkpoint, quantize);
  }

  /// Of the quantized graph: all that the format costs, and nothing of the kernels.
  std::vector<float> quantizedReferenceLogits(const std::string &checkpoint, WeightFormat quantize,
                                              const std::vector<int32_t> &tokens) {
    compileTo(Phase::Quantized, folder.file("quantized.mlir"), checkpoint, quantize);
    mlir::MLIRContext context;
    context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(folder.file("quantized.mlir"), &context);
    EXPECT_TRUE(module);
    return module ? evaluate(*module, tokens) : std::vector<float>();
  }

  /// Logits of all tokens, `perCall` tokens a call.
  std::vector<float> logits(const std::vector<int32_t> &tokens, size_t perCall, unsigned threads) {
    auto artifact = Artifact::open(artifactPath);
    EXPECT_TRUE(artifact.has_value()) << (artifact ? "" : artifact.error().message);
    if (!artifact)
      return {};
    auto session = Session::open(*artifact, {.threads = threads, .rows = 96});
    EXPECT_TRUE(session.has_value()) << (session ? "" : session.error().message);
    if (!session)
      return {};
    std::vector<int32_t> positions = upTo(tokens.size()), sequences(tokens.size(), 0),
                         rows = positions;
    std::vector<float> result;
    for (size_t i = 0; i < tokens.size(); i += perCall) {
      size_t n = std::min(perCall, tokens.size() - i);
      auto part =
          (*session)->forward({std::span(tokens).subspan(i, n), std::span(positions).subspan(i, n),
                               std::span(sequences).subspan(i, n), std::span(rows).first(n)});
      EXPECT_TRUE(part.has_value()) << (part ? "" : part.error().message);
      if (part)
        result.insert(result.end(), part->begin(), part->end());
    }
    return result;
  }

  /// Prints and records what was measured, and holds it to `bound`.
  void expectError(const std::string &name, double error, double bound) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2e", error);
    RecordProperty(name, text);
    std::printf("  %s: relative error %s (bound %.2e)\n", name.c_str(), text, bound);
    EXPECT_LE(error, bound) << name;
  }

private:
  void compileTo(std::optional<Phase> phase, const std::string &output, const std::string &input,
                 std::optional<WeightFormat> quantize) {
    CompilationOptions options;
    options.input = input;
    options.output = output;
    options.quantize = quantize;
    options.compileTo = phase;
    Result<void> compiled = compile(options);
    ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
  }

protected:
  TemporaryFolder folder;
  const std::string artifactPath = folder.file("model.weft");
};

} // namespace weft::test
