// Builds and runs models for the tests of this folder.
#pragma once

#include "ir/reference/Evaluator.h"
#include "tests/models/CheckpointWriter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

namespace weft::test {

/// A checkpoint and its graph.
class Model {
public:
  explicit Model(const std::string &path, const ModelOptions &options = {})
      : checkpoint(open(path)) {
    if (!checkpoint)
      return;
    Result<mlir::OwningOpRef<mlir::ModuleOp>> built = buildModel(*checkpoint, context, options);
    EXPECT_TRUE(built.has_value()) << built.error().message;
    if (built)
      module = std::move(*built);
  }

  /// Logits of `rows` of one sequence that comes in one call.
  std::vector<std::vector<float>> logits(const std::vector<int32_t> &tokens,
                                         const std::vector<int32_t> &rows) {
    std::vector<int32_t> positions(tokens.size()), sequences(tokens.size(), 0);
    for (size_t i = 0; i < positions.size(); ++i)
      positions[i] = int32_t(i);
    WeightFiles files;
    Result<Evaluator> evaluator = Evaluator::create(*module, files, {256, 1});
    EXPECT_TRUE(evaluator.has_value()) << evaluator.error().message;
    Result<std::vector<Tensor>> results =
        evaluator->run("forward", {Tensor::ofIndices(tokens), Tensor::ofIndices(positions),
                                   Tensor::ofIndices(sequences), Tensor::ofIndices(rows)});
    EXPECT_TRUE(results.has_value()) << results.error().message;
    std::vector<std::vector<float>> found;
    for (size_t i = 0; results && i < rows.size(); ++i)
      found.emplace_back(results->front().row(i),
                         results->front().row(i) + results->front().columns());
    return found;
  }

  template <typename Op> int count() {
    int number = 0;
    module->walk([&](Op) { ++number; });
    return number;
  }
  ParameterOp parameter(llvm::StringRef name) { return module->lookupSymbol<ParameterOp>(name); }
  ModelInfo info() {
    Result<ModelInfo> info = readModelInfo(*module);
    EXPECT_TRUE(info.has_value());
    return info.value_or(ModelInfo{});
  }

  mlir::MLIRContext context;
  std::unique_ptr<Checkpoint> checkpoint;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

/// The message of what opens but is not built; it is one line.
inline std::string buildError(const std::string &path) {
  std::unique_ptr<Checkpoint> checkpoint = open(path);
  if (!checkpoint)
    return "";
  mlir::MLIRContext context;
  Result<mlir::OwningOpRef<mlir::ModuleOp>> built = buildModel(*checkpoint, context);
  EXPECT_FALSE(built.has_value()) << path << " was built";
  if (built)
    return "";
  EXPECT_EQ(built.error().message.find('\n'), std::string::npos);
  return built.error().message;
}

inline std::string huggingFaceError(const CheckpointContents &contents) {
  TemporaryDirectory folder;
  return buildError(contents.writeHuggingFace(folder));
}

inline std::string ggufError(const CheckpointContents &contents) {
  TemporaryDirectory folder;
  return buildError(contents.writeGguf(folder));
}

/// The prompt of the stored logits.
inline const std::vector<int32_t> prompt = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};

/// The stored logits are f64 results of PyTorch rounded to six places; activations of these
/// models are of the order of 1, and f32 keeps their sums to some 1e-6.
inline void expectNear(const std::vector<float> &found, const std::vector<float> &expected,
                       float tolerance = 1e-5f) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i)
    EXPECT_NEAR(found[i], expected[i], tolerance) << "logit " << i;
}

} // namespace weft::test
