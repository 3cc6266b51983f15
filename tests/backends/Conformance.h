// A small model, compiled and run, against the reference evaluator.
#pragma once

#include "ir/reference/Evaluator.h"
#include "runtime/program/Session.h"
#include "tests/Shared.h"
#include "tests/passes/ModelText.h"
#include "tools/Compilation.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft::test {

/// One call of `forward`, of tokens of any sequences.
struct Call {
  std::vector<int32_t> tokens, positions, sequences, rows;
};

/// A call of `count` tokens of sequence `sequence` from position `first`, all rows wanted.
inline Call callOf(int32_t count, int32_t first = 0, int32_t sequence = 0) {
  Call call;
  for (int32_t i = 0; i < count; ++i) {
    call.tokens.push_back((7 * (first + i) + 3 * sequence + 1) % 13);
    call.positions.push_back(first + i);
    call.sequences.push_back(sequence);
    call.rows.push_back(i);
  }
  return call;
}

/// ||a - b|| / ||b||.
inline double relativeError(std::span<const float> a, std::span<const float> b) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += std::pow(double(a[i]) - b[i], 2);
    norm += std::pow(double(b[i]), 2);
  }
  return std::sqrt(difference / norm);
}

/// Compiles `model`, which gives a matrix with a row for each wanted token, and compares
/// it with the reference on the calls in turn. Also holds the backend to its promise of
/// equal bits: with one thread and several, and for each call token by token.
class Conformance {
public:
  explicit Conformance(const std::string &processor = "native") : processor(processor) {}

  void expect(const ModelText &model, const TextValue &result, std::vector<Call> calls,
              double tolerance, std::optional<WeightFormat> quantize = {}) {
    model.writeWeights(folder.file("weights"));
    width = result.columns;
    std::string header = "module attributes {weft.family = \"test\", weft.context = 512 : i64, "
                         "weft.vocabulary = " + std::to_string(width) +
                         " : i64, weft.weight_count = 1 : i64, weft.config = {}} {\n";
    std::ofstream(folder.file("model.mlir")) << header << model.finish({result}) << "}\n";
    compileTo(Phase::Quantized, "quantized.mlir", quantize);
    compileTo({}, "model.weft", quantize);
    if (::testing::Test::HasFatalFailure())
      return;

    // The session takes the width of the result for the size of the vocabulary.
    for (Call &call : calls)
      for (int32_t &token : call.tokens)
        token %= width;
    std::vector<float> expected = reference(calls);
    std::vector<float> actual = run(calls, 1);
    ASSERT_EQ(actual.size(), expected.size());
    EXPECT_LE(relativeError(actual, expected), tolerance);
    EXPECT_EQ(run(calls, 3), actual) << "with three threads";
    EXPECT_EQ(run(singly(calls), 2), actual) << "token by token";
  }

private:
  void compileTo(std::optional<Phase> phase, const std::string &file,
                 std::optional<WeightFormat> quantize) {
    CompilationOptions options;
    options.input = folder.file("model.mlir");
    options.output = folder.file(file);
    options.quantize = quantize;
    options.compileTo = phase;
    options.processors = {processor};
    Result<void> compiled = compile(options);
    ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
  }

  /// The same tokens, one a call, where all rows were wanted.
  static std::vector<Call> singly(const std::vector<Call> &calls) {
    std::vector<Call> result;
    for (const Call &call : calls)
      for (int32_t row : call.rows)
        result.push_back({{call.tokens[row]}, {call.positions[row]}, {call.sequences[row]}, {0}});
    return result;
  }

  std::vector<float> run(const std::vector<Call> &calls, unsigned threads) {
    std::vector<float> result;
    Result<Artifact> artifact = Artifact::open(folder.file("model.weft"));
    EXPECT_TRUE(artifact.has_value()) << (artifact ? "" : artifact.error().message);
    if (!artifact)
      return {};
    SessionOptions options;
    options.threads = threads;
    options.context = 133; // States round it up to whole groups of positions.
    options.sequences = 2;
    options.rows = 512;
    auto session = Session::open(*artifact, options);
    EXPECT_TRUE(session.has_value()) << (session ? "" : session.error().message);
    if (!session)
      return {};
    for (const Call &call : calls) {
      auto logits = (*session)->forward({call.tokens, call.positions, call.sequences, call.rows});
      EXPECT_TRUE(logits.has_value()) << (logits ? "" : logits.error().message);
      if (logits)
        result.insert(result.end(), logits->begin(), logits->end());
    }
    return result;
  }

  std::vector<float> reference(const std::vector<Call> &calls) {
    mlir::MLIRContext context;
    context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(folder.file("quantized.mlir"), &context);
    EXPECT_TRUE(module);
    WeightFiles files(folder.path().string());
    auto evaluator = Evaluator::create(*module, files, {.context = 512, .sequences = 2});
    EXPECT_TRUE(evaluator.has_value());
    std::vector<float> result;
    for (const Call &call : calls) {
      auto outputs = evaluator->run(
          "forward", {Tensor::ofIndices(call.tokens), Tensor::ofIndices(call.positions),
                      Tensor::ofIndices(call.sequences), Tensor::ofIndices(call.rows)});
      EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().message);
      if (outputs)
        result.insert(result.end(), (*outputs)[0].values().begin(), (*outputs)[0].values().end());
    }
    return result;
  }

  std::string processor;
  TemporaryFolder folder;
  int64_t width = 0;
};

} // namespace weft::test
