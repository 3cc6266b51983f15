// Names of weights in scopes of numbers within scopes of numbers.

#include "models/GraphBuilder.h"
#include "tests/models/CheckpointWriter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace weft::test {
namespace {

/// Two layers of two experts each, and the layer's own weight behind them.
CheckpointContents experts() {
  CheckpointContents contents;
  contents.config = {{"model_type", R"("llama")"}};
  WeightSource source(1);
  contents.tensors["embed.weight"] = source.draw({5, 4}, 1);
  for (std::string layer : {"0", "1"}) {
    for (std::string expert : {"0", "1"})
      contents.tensors["model.layers." + layer + ".experts." + expert + ".up.weight"] =
          source.draw({4, 4}, 1);
    contents.tensors["model.layers." + layer + ".down.weight"] = source.draw({4, 4}, 1);
  }
  return contents;
}

TEST(GraphBuilder, NumbersOfNestedScopesEachHaveTheirPlace) {
  static constexpr TensorName table[] = {
      {"embed", "embed", "token_embd"},
      {"layers.#.experts.#.up", "model.layers.#.experts.#.up", "blk.#.ffn_up.#"},
      {"layers.#.down", "model.layers.#.down", "blk.#.ffn_down"}};
  TemporaryDirectory folder;
  auto checkpoint = openCheckpoint(experts().writeHuggingFace(folder));
  ASSERT_TRUE(checkpoint.has_value()) << checkpoint.error().message;
  mlir::MLIRContext context;
  context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
  GraphBuilder b(**checkpoint, context, {table, {}, {}}, {});
  mlir::Value x = b.embed(b.tokens(), b.matrix("embed", 5, 4));
  for (int64_t i : {0, 1}) {
    GraphBuilder::Scope layer(b, "layers", i);
    for (int64_t j : {0, 1}) {
      GraphBuilder::Scope expert(b, "experts", j);
      x = b.linear("up", x, 4);
    }
    // The number of the layer is back.
    x = b.linear("down", x, 4);
  }
  auto module = b.finish(b.takeRows(x), {"test", 5, 8});
  ASSERT_TRUE(module.has_value()) << module.error().message;
  auto tensorOf = [&](const char *name) {
    auto parameter = (*module)->lookupSymbol<ParameterOp>(name);
    EXPECT_TRUE(parameter) << name;
    return parameter ? mlir::cast<SourceAttr>((*parameter.getSources())[0]).getTensor().str() : "";
  };
  EXPECT_EQ(tensorOf("layers.1.experts.0.up"), "model.layers.1.experts.0.up.weight");
  EXPECT_EQ(tensorOf("layers.0.experts.1.up"), "model.layers.0.experts.1.up.weight");
  EXPECT_EQ(tensorOf("layers.0.down"), "model.layers.0.down.weight");
  EXPECT_EQ(tensorOf("layers.1.down"), "model.layers.1.down.weight");
}

TEST(GraphBuilder, SourcesSayWhatTheirFileIsKnownBy) {
  TemporaryDirectory folder;
  auto checkpoint = openCheckpoint(experts().writeHuggingFace(folder));
  ASSERT_TRUE(checkpoint.has_value());
  static constexpr TensorName table[] = {{"embed", "embed", "token_embd"}};
  static constexpr std::string_view ignored[] = {"up.weight", "down.weight"};
  mlir::MLIRContext context;
  context.loadDialect<WeftDialect, mlir::func::FuncDialect>();
  GraphBuilder b(**checkpoint, context, {table, {}, ignored}, {});
  auto module = b.finish(b.takeRows(b.embed(b.tokens(), b.matrix("embed", 5, 4))), {"test", 4, 8});
  ASSERT_TRUE(module.has_value()) << module.error().message;
  auto parameter = (*module)->lookupSymbol<ParameterOp>("embed");
  FileCheckAttr check = mlir::cast<SourceAttr>((*parameter.getSources())[0]).getCheck();
  ASSERT_TRUE(check);
  const CheckpointTensor *first = (*checkpoint)->find("embed.weight");
  EXPECT_EQ(uint64_t(check.getSize()), first->whole.size());
  EXPECT_EQ(uint64_t(check.getHeader()), first->offset)
      << "the first tensor by name is the first in the file";
}

} // namespace
} // namespace weft::test
