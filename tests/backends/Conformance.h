// A small model, compiled and run, against the reference evaluator.
#pragma once

#include "backends/cpu/KernelForms.h"
#include "ir/reference/Evaluator.h"
#include "tests/Shared.h"
#include "tests/backends/Machine.h"
#include "tests/passes/ModelText.h"
#include "tools/Compilation.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>

namespace weft::test {

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

/// `count` tokens from the first on, as calls of 500 of which only the last row is wanted.
inline std::vector<Call> fillWith(int32_t count) {
  std::vector<Call> calls;
  for (int32_t first = 0; first < count; first += 500) {
    calls.push_back(callOf(std::min(500, count - first), first));
    calls.back().rows = {int32_t(calls.back().tokens.size()) - 1};
  }
  return calls;
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

/// The module of a model that gives `result`, a row for each wanted token.
inline std::string moduleOf(const ModelText &model, const TextValue &result) {
  return "module attributes {weft.family = \"test\", weft.context = 32768 : i64, weft.vocabulary = " +
         std::to_string(result.columns) + " : i64, weft.weight_count = 1 : i64, weft.config = {}} {\n" +
         model.finish({result}) + "}\n";
}

/// Compiles `model`, which gives a matrix with a row for each wanted token, and compares
/// it with the reference on the calls in turn. Also holds the backend to its promise of
/// equal bits: with one thread and several, and for each call token by token.
class Conformance {
public:
  explicit Conformance(const Machine &machine) : machine(machine) {}

  /// Compiles every form of a kernel that has so many candidates as candidate `number`,
  /// and hands out another share of its work.
  void takeCandidate(size_t number) { candidate = number; }

  /// More than any form has.
  static constexpr size_t mostCandidates = 8;

  void expect(const ModelText &model, const TextValue &result, std::vector<Call> calls,
              double tolerance, std::optional<WeightFormat> quantize = {}) {
    model.writeWeights(folder.file("weights"));
    width = result.columns;
    std::ofstream(folder.file("model.mlir")) << moduleOf(model, result);
    compileTo(Phase::Quantized, "quantized.mlir", quantize);
    compileTo({}, "model.weft", quantize);
    if (::testing::Test::HasFatalFailure())
      return;

    // The session takes the width of the result for the size of the vocabulary.
    for (Call &call : calls)
      for (int32_t &token : call.tokens)
        token %= width;
    std::vector<float> expected = reference(calls);
    uint64_t context = contextOf(calls);
    std::vector<SessionRun> runs = {
        {1, context, calls}, {3, context, calls}, {2, context, singly(calls)}};
    auto results = runOn(machine, folder.path().string(), folder.file("model.weft"), runs);
    ASSERT_TRUE(results.has_value()) << results.error().message;
    ASSERT_EQ(results->size(), 3 * expected.size());
    auto ofRun = [&](size_t run) {
      return std::span(*results).subspan(run * expected.size(), expected.size());
    };
    EXPECT_LE(relativeError(ofRun(0), expected), tolerance);
    EXPECT_TRUE(std::ranges::equal(ofRun(1), ofRun(0))) << "with three threads";
    EXPECT_TRUE(std::ranges::equal(ofRun(2), ofRun(0))) << "token by token";
  }

private:
  void compileTo(std::optional<Phase> phase, const std::string &file,
                 std::optional<WeightFormat> quantize) {
    CompilationOptions options;
    options.input = folder.file("model.mlir");
    options.output = folder.file(file);
    options.quantize = quantize;
    options.compileTo = phase;
    options.processors = {machine.processor};
    if (candidate)
      options.schedule = [&](const cpu::CompiledForm &form, const cpu::CpuTarget &target) {
        std::vector<cpu::Schedule> all = form.candidates(target);
        EXPECT_LE(all.size(), mostCandidates);
        cpu::Schedule schedule = all[std::min(*candidate, all.size() - 1)];
        schedule.shared = *candidate % 2 ? 0 : WEFT_SHARE_WHOLE;
        return schedule;
      };
    Result<void> compiled = compile(options);
    ASSERT_TRUE(compiled.has_value()) << compiled.error().message;
  }

  /// The same tokens, one a call, where all rows were wanted; other calls as they are.
  static std::vector<Call> singly(const std::vector<Call> &calls) {
    std::vector<Call> result;
    for (const Call &call : calls) {
      if (call.rows.size() < call.tokens.size())
        result.push_back(call);
      else
        for (int32_t row : call.rows)
          result.push_back({{call.tokens[row]}, {call.positions[row]}, {call.sequences[row]}, {0}});
    }
    return result;
  }

  /// Enough for all positions. The usual one is not a whole number of pages.
  static uint64_t contextOf(const std::vector<Call> &calls) {
    uint64_t context = 133;
    for (const Call &call : calls)
      for (int32_t position : call.positions)
        context = std::max<uint64_t>(context, position + 1);
    return context;
  }

  std::vector<float> reference(const std::vector<Call> &calls) {
    mlir::MLIRContext context;
    context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(folder.file("quantized.mlir"), &context);
    EXPECT_TRUE(module);
    WeightFiles files(folder.path().string());
    auto evaluator = Evaluator::create(*module, files, {.context = int64_t(contextOf(calls)), .sequences = 2});
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

  Machine machine;
  std::optional<size_t> candidate;
  TemporaryFolder folder;
  int64_t width = 0;
};

} // namespace weft::test
