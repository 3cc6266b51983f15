#include "ir/reference/Evaluator.h"

#include "tests/ir/Parse.h"
#include "tests/ir/storage/Formats.h"

#include <cmath>
#include <gmock/gmock.h>

using namespace mlir;
using namespace weft;
using namespace weft::test;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

class EvaluatorTest : public testing::Test {
protected:
  void load(const std::string &text, Evaluator::Options options = {16, 2}) {
    module = context.parse(text);
    ASSERT_TRUE(module) << context.diagnostics;
    auto created = Evaluator::create(*module, files, options);
    ASSERT_TRUE(created) << created.error().message;
    evaluator = std::make_unique<Evaluator>(std::move(*created));
  }

  std::string errorOf(StringRef function, std::vector<Tensor> inputs) {
    auto results = evaluator->run(function, std::move(inputs));
    return results ? "no error" : results.error().message;
  }
  std::vector<float> valuesOf(StringRef function, std::vector<Tensor> inputs) {
    auto results = evaluator->run(function, std::move(inputs));
    if (results && results->size() == 1)
      return results->front().values();
    ADD_FAILURE() << (results ? "not one result" : results.error().message);
    return {};
  }

  Context context;
  OwningOpRef<ModuleOp> module;
  WeightFiles files;
  std::unique_ptr<Evaluator> evaluator;
};

/// One attention layer with tied embeddings; `linear` is its product with @w.
std::string layer(const std::string &declarations, const std::string &linear,
                  const std::string &element = "f32") {
  std::vector<float> random = gaussian(8 * 4, 1);
  auto replaced = [](std::string text, StringRef from, const std::string &to) {
    for (size_t at; (at = text.find(from.str())) != std::string::npos;)
      text.replace(at, from.size(), to);
    return text;
  };
  std::string text = R"(
weft.parameter @table : tensor<8x4xf32> = dense<[TABLE]> : tensor<8x4xf32>
weft.parameter @w : tensor<4x4xf32> = dense<[[1.0, 0.5, 0.0, 0.25], [0.0, 1.0, 2.0, 0.0],
    [0.3, 0.0, 1.0, -1.0], [0.0, -2.0, 0.0, 1.0]]> : tensor<4x4xf32>
weft.parameter @frequencies : tensor<1xf32> = dense<[0.7]> : tensor<1xf32>
weft.state @kv : KV
DECLARATIONS
func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, %sequences: tensor<?xi32>,
                   %rows: tensor<?xi32> {weft.rows}) -> tensor<?x8xf32> {
  %table = weft.weight @table : tensor<8x4xf32>
  %w = weft.weight @w : tensor<4x4xf32>
  %frequencies = weft.weight @frequencies : tensor<1xf32>
  %x = weft.embed %tokens in %table : (tensor<?xi32>, tensor<8x4xf32>) -> tensor<?x4xf32>
  LINEAR
  %t = weft.rope_table %positions, %frequencies : (tensor<?xi32>, tensor<1xf32>) -> tensor<?x2xf32>
  %r = weft.rope %p by %t heads 2 halves : tensor<?x4xf32>, tensor<?x2xf32>
  %k = weft.columns %r from 0 : (tensor<?x4xf32>) -> tensor<?x2xf32>
  %v = weft.columns %p from 2 : (tensor<?x4xf32>) -> tensor<?x2xf32>
  %old = weft.recall @kv : KV
  %kv = weft.append %k, %v to %old at %positions, %sequences
      : tensor<?x2xf32>, tensor<?x2xf32>, KV, tensor<?xi32>, tensor<?xi32>
  %a = weft.attend %r in %kv at %positions, %sequences heads 2 scale 0.5
      : tensor<?x4xf32>, KV, tensor<?xi32>, tensor<?xi32>
  %s = weft.add %x, %a : tensor<?x4xf32>, tensor<?x4xf32>
  %o = weft.take_rows %s at %rows : (tensor<?x4xf32>, tensor<?xi32>) -> tensor<?x4xf32>
  %logits = weft.linear %o, %table : (tensor<?x4xf32>, tensor<8x4xf32>) -> tensor<?x8xf32>
  return %logits : tensor<?x8xf32>
}
)";
  text = replaced(text, "DECLARATIONS", declarations);
  text = replaced(text, "LINEAR", linear);
  std::string rows;
  for (int i = 0; i < 8; ++i) {
    rows += i ? ", [" : "[";
    for (int j = 0; j < 4; ++j)
      rows += (j ? ", " : "") + std::to_string(random[i * 4 + j]);
    rows += "]";
  }
  text = replaced(text, "TABLE", rows);
  return replaced(text, "KV", "!weft.kv<heads = 1, head_dim = 2, element = " + element + ">");
}

const std::string inlined = R"(
  %l = weft.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %p = weft.silu %l : tensor<?x4xf32>)";

/// tokens, positions, sequences, rows
std::vector<Tensor> batch(std::vector<int32_t> tokens, std::vector<int32_t> positions,
                          std::vector<int32_t> sequences, std::vector<int32_t> rows) {
  return {Tensor::ofIndices(std::move(tokens)), Tensor::ofIndices(std::move(positions)),
          Tensor::ofIndices(std::move(sequences)), Tensor::ofIndices(std::move(rows))};
}

TEST_F(EvaluatorTest, StatesPersistBetweenCalls) {
  load(layer("", inlined));
  std::vector<float> together =
      valuesOf("forward", batch({3, 1, 4, 5}, {0, 1, 2, 3}, {0, 0, 0, 0}, {0, 1, 2, 3}));
  evaluator->reset();
  std::vector<float> oneByOne;
  for (int32_t i = 0; i < 4; ++i)
    for (float value : valuesOf("forward", batch({std::vector{3, 1, 4, 5}[i]}, {i}, {1}, {0})))
      oneByOne.push_back(value);
  EXPECT_EQ(oneByOne, together) << "the same bits in another sequence, one token a call";
  EXPECT_NE(valuesOf("forward", batch({5}, {3}, {0}, {0})),
            std::vector<float>(together.end() - 8, together.end()))
      << "sequence 0 was reset";
}

TEST_F(EvaluatorTest, SequencesDoNotSeeEachOther) {
  load(layer("", inlined));
  std::vector<float> alone = valuesOf("forward", batch({3, 1}, {0, 1}, {0, 0}, {1}));
  evaluator->reset();
  EXPECT_EQ(valuesOf("forward", batch({7, 3, 6, 1}, {0, 0, 1, 1}, {1, 0, 1, 0}, {3})), alone);
}

TEST_F(EvaluatorTest, KernelsMeanTheirBodies) {
  load(layer("", inlined));
  auto inputs = batch({3, 1, 4, 5}, {0, 1, 2, 3}, {0, 0, 1, 1}, {1, 3});
  std::vector<float> expected = valuesOf("forward", inputs);
  std::string kernel = R"(
func.func private @kernel(%x: tensor<?x4xf32>, %w: tensor<4x4xf32>) -> tensor<?x4xf32>
    attributes {weft.kernel} {
  %l = weft.linear %x, %w : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>
  %p = weft.silu %l : tensor<?x4xf32>
  return %p : tensor<?x4xf32>
})";
  load(layer(kernel, R"(
  %p = weft.dispatch @kernel(%x, %w) {at = [#weft.size<constant = 64>],
                                      size = [#weft.size<tokens = 16>]}
      : (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>)"));
  EXPECT_EQ(valuesOf("forward", inputs), expected);
  load(layer(kernel, "%p = func.call @kernel(%x, %w) "
                     ": (tensor<?x4xf32>, tensor<4x4xf32>) -> tensor<?x4xf32>"));
  EXPECT_EQ(valuesOf("forward", inputs), expected);
}

TEST_F(EvaluatorTest, KernelsChangeStates) {
  load(R"(
weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f16>
func.func private @kernel(%x: tensor<?x2xf32>, %kv: !weft.kv<heads = 1, head_dim = 2, element = f16>,
    %p: tensor<?xi32>, %s: tensor<?xi32>) -> !weft.kv<heads = 1, head_dim = 2, element = f16>
    attributes {weft.kernel} {
  %0 = weft.append %x, %x to %kv at %p, %s : tensor<?x2xf32>, tensor<?x2xf32>,
      !weft.kv<heads = 1, head_dim = 2, element = f16>, tensor<?xi32>, tensor<?xi32>
  return %0 : !weft.kv<heads = 1, head_dim = 2, element = f16>
}
func.func @f(%x: tensor<?x2xf32>, %p: tensor<?xi32>, %s: tensor<?xi32>) -> tensor<?x2xf32> {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f16>
  %new = weft.dispatch @kernel(%x, %kv, %p, %s) : (tensor<?x2xf32>,
      !weft.kv<heads = 1, head_dim = 2, element = f16>, tensor<?xi32>, tensor<?xi32>)
      -> !weft.kv<heads = 1, head_dim = 2, element = f16>
  %a = weft.attend %x in %new at %p, %s heads 1 scale 1.0 : tensor<?x2xf32>,
      !weft.kv<heads = 1, head_dim = 2, element = f16>, tensor<?xi32>, tensor<?xi32>
  return %a : tensor<?x2xf32>
})");
  auto found =
      valuesOf("f", {{{1, 2}, {0.1f, 1.0f}}, Tensor::ofIndices({0}), Tensor::ofIndices({0})});
  EXPECT_THAT(found, ElementsAre(roundTo(Scalar::F16, 0.1f), 1.0f)) << "rounded once, by the state";
}

TEST_F(EvaluatorTest, StoredParametersAreWhatTheyStandFor) {
  load(R"(
weft.parameter @w : tensor<1x2xf32, #weft.block<bits = 8, size = 2, scale = f32,
    tiled = <rows = 4, depth = 2>>> = dense<[[254.0, 2.9]]> : tensor<1x2xf32>
weft.parameter @t : tensor<3x1xbf16, #weft.tiled<rows = 2, depth = 4>>
    = dense<[[1.0], [1.001], [3.0]]> : tensor<3x1xf32>
func.func @f(%i: tensor<?xi32>, %x: tensor<?x2xf32>) -> (tensor<?x1xf32>, tensor<?x1xf32>) {
  %t = weft.weight @t : tensor<3x1xbf16, #weft.tiled<rows = 2, depth = 4>>
  %w = weft.weight @w : tensor<1x2xf32, #weft.block<bits = 8, size = 2, scale = f32,
      tiled = <rows = 4, depth = 2>>>
  %0 = weft.embed %i in %t : (tensor<?xi32>, tensor<3x1xbf16, #weft.tiled<rows = 2, depth = 4>>)
      -> tensor<?x1xf32>
  %1 = weft.quantize %x : tensor<?x2xf32>
      -> tensor<?x2xf32, #weft.block<bits = 8, size = 2, scale = f32, split = true>>
  %2 = weft.linear %1, %w
      : (tensor<?x2xf32, #weft.block<bits = 8, size = 2, scale = f32, split = true>>,
         tensor<1x2xf32, #weft.block<bits = 8, size = 2, scale = f32,
             tiled = <rows = 4, depth = 2>>>) -> tensor<?x1xf32>
  return %0, %2 : tensor<?x1xf32>, tensor<?x1xf32>
})");
  auto results = evaluator->run("f", {Tensor::ofIndices({2, 1}), {{1, 2}, {127.0f, 1.4f}}});
  ASSERT_TRUE(results) << results.error().message;
  EXPECT_THAT((*results)[0].values(), ElementsAre(3, 1));
  // 2.9 stands for 2 (scale 2, code 1), 1.4 for 1.
  EXPECT_THAT((*results)[1].values(), ElementsAre(127 * 254 + 2));
}

TEST_F(EvaluatorTest, ErrorsNameWhatIsWrong) {
  load(layer("", inlined));
  EXPECT_THAT(errorOf("backward", {}), HasSubstr("no function 'backward'"));
  EXPECT_THAT(errorOf("forward", {}), HasSubstr("expected 4 inputs, found 0"));
  auto inputs = batch({1}, {0}, {0}, {0});
  inputs[1] = {{1}, {0.5f}};
  EXPECT_THAT(errorOf("forward", inputs),
              HasSubstr("expected input 1 of type tensor<?xi32>, found an f32 tensor of 1"));
  EXPECT_THAT(errorOf("forward", batch({8}, {0}, {0}, {0})),
              AllOf(HasSubstr("weft.embed"), HasSubstr("found 8")));
  EXPECT_THAT(errorOf("forward", batch({1}, {16}, {0}, {0})),
              AllOf(HasSubstr("weft.append"), HasSubstr("positions of 0 to 15, found 16")));
  EXPECT_THAT(errorOf("forward", batch({1}, {0}, {2}, {0})),
              HasSubstr("sequences of 0 to 1, found 2"));
  EXPECT_THAT(errorOf("forward", batch({1}, {0}, {0}, {1})), HasSubstr("weft.take_rows"));
  EXPECT_THAT(errorOf("forward", batch({1, 2}, {0}, {0}, {0})),
              HasSubstr("expected 2 rows of the table, found 1"));
  EXPECT_FALSE(Evaluator::create(*module, files, {0, 1}));
  EXPECT_FALSE(Evaluator::create(*module, files, {1, -1}));
}

TEST_F(EvaluatorTest, ErrorsBearTheLocation) {
  load(R"(
func.func @f(%i: tensor<?xi32>, %x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = weft.take_rows %x at %i : (tensor<?x2xf32>, tensor<?xi32>) -> tensor<?x2xf32>
      loc("layers.3/attention/q")
  return %0 : tensor<?x2xf32>
})");
  EXPECT_THAT(errorOf("f", {Tensor::ofIndices({5}), {{1, 2}, {1, 2}}}),
              HasSubstr("weft.take_rows 'layers.3/attention/q': expected rows of 0 to 0, found 5"));
}

TEST_F(EvaluatorTest, OldValuesOfAStateMayNotBeUsed) {
  load(R"(
weft.state @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
func.func @f(%x: tensor<?x2xf32>, %p: tensor<?xi32>, %s: tensor<?xi32>) -> tensor<?x2xf32> {
  %kv = weft.recall @kv : !weft.kv<heads = 1, head_dim = 2, element = f32>
  %new = weft.append %x, %x to %kv at %p, %s : tensor<?x2xf32>, tensor<?x2xf32>,
      !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  %a = weft.attend %x in %kv at %p, %s heads 1 scale 1.0 : tensor<?x2xf32>,
      !weft.kv<heads = 1, head_dim = 2, element = f32>, tensor<?xi32>, tensor<?xi32>
  return %a : tensor<?x2xf32>
})");
  EXPECT_THAT(errorOf("f", {{{1, 2}, {1, 2}}, Tensor::ofIndices({0}), Tensor::ofIndices({0})}),
              AllOf(HasSubstr("weft.attend"), HasSubstr("use the newest value")));
}

TEST_F(EvaluatorTest, OpsWithoutAReferenceAreNamed) {
  load(R"(
func.func @f() -> tensor<1xf32> {
  %0 = builtin.unrealized_conversion_cast to tensor<1xf32>
  return %0 : tensor<1xf32>
})");
  EXPECT_THAT(errorOf("f", {}),
              AllOf(HasSubstr("builtin.unrealized_conversion_cast"), HasSubstr("no reference")));
}

TEST_F(EvaluatorTest, EndlessCallsAreAnError) {
  load(R"(
func.func @f(%x: tensor<?x2xf32>) -> tensor<?x2xf32> {
  %0 = func.call @f(%x) : (tensor<?x2xf32>) -> tensor<?x2xf32>
  return %0 : tensor<?x2xf32>
})");
  EXPECT_THAT(errorOf("f", {{{1, 2}, {1, 2}}}), HasSubstr("nested too deeply"));
}

} // namespace
