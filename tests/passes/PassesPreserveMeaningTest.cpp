// The reference evaluator gives the same results before and after every phase.

#include "ir/reference/Evaluator.h"
#include "passes/Pipelines.h"
#include "tests/Shared.h"
#include "tests/passes/ModelText.h"
#include "tests/passes/PlanChecker.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <gmock/gmock.h>

#include <functional>

namespace weft::test {
namespace {

/// Sizes that no block, tile or power of two divides.
ModelText llama(unsigned seed, std::string &text) {
  constexpr int64_t width = 36, hidden = 50, heads = 4, kvHeads = 2, headDim = 6, vocabulary = 47;
  ModelText m(seed);
  TextValue embedding = m.matrix("embedding", vocabulary, width);
  TextValue table = m.ropeTable(m.constant("rope.frequencies", headDim / 2));
  TextValue x = m.embed("%tokens", embedding);
  for (std::string layer : {"layers.0.", "layers.1.", "layers.2."}) {
    TextValue n = m.rmsNorm(x, m.vector(layer + "attention.norm", width));
    TextValue q = m.linear(n, m.matrix(layer + "attention.q", heads * headDim, width));
    TextValue k = m.linear(n, m.matrix(layer + "attention.k", kvHeads * headDim, width));
    TextValue v = m.linear(n, m.matrix(layer + "attention.v", kvHeads * headDim, width));
    TextValue a = m.attention(layer + "attention.kv", m.rope(q, table, heads),
                              m.rope(k, table, kvHeads), v, heads, kvHeads);
    x = m.add(x, m.linear(a, m.matrix(layer + "attention.output", width, heads * headDim)));
    n = m.rmsNorm(x, m.vector(layer + "mlp.norm", width));
    TextValue gate = m.unary("silu", m.linear(n, m.matrix(layer + "mlp.gate", hidden, width)));
    TextValue up = m.linear(n, m.matrix(layer + "mlp.up", hidden, width));
    x = m.add(x, m.linear(m.mul(gate, up), m.matrix(layer + "mlp.down", width, hidden)));
  }
  x = m.rmsNorm(m.takeRows(x), m.vector("norm", width));
  text = m.finish({m.linear(x, embedding)});
  return m;
}

ModelText gpt2(unsigned seed, std::string &text) {
  constexpr int64_t width = 30, hidden = 70, heads = 5, vocabulary = 47, context = 33;
  ModelText m(seed);
  TextValue x = m.add(m.embed("%tokens", m.matrix("embedding", vocabulary, width)),
                      m.embed("%positions", m.matrix("positions", context, width)));
  for (std::string layer : {"layers.0.", "layers.1."}) {
    auto biased = [&](const std::string &name, const TextValue &in, int64_t columns) {
      TextValue product = m.linear(in, m.matrix(layer + name, columns, in.columns));
      return m.add(product, m.vector(layer + name + ".bias", columns));
    };
    TextValue n =
        m.layerNorm(x, m.vector(layer + "norm", width), m.vector(layer + "norm.b", width));
    TextValue qkv = biased("qkv", n, 3 * width);
    TextValue a = m.attention(layer + "kv", m.columns(qkv, 0, width), m.columns(qkv, width, width),
                              m.columns(qkv, 2 * width, width), heads, heads);
    x = m.add(x, biased("output", a, width));
    n = m.layerNorm(x, m.vector(layer + "norm2", width), m.vector(layer + "norm2.b", width));
    x = m.add(x, biased("down", m.unary("gelu", biased("up", n, hidden)), width));
  }
  x = m.layerNorm(m.takeRows(x), m.vector("norm", width), m.vector("norm.b", width));
  text = m.finish({m.linear(x, m.matrix("output", vocabulary, width))});
  return m;
}

/// A graph of no model: whatever can be computed from what there is.
ModelText randomGraph(unsigned seed, std::string &text) {
  constexpr int64_t width = 12;
  ModelText m(seed);
  std::mt19937 random(seed);
  std::vector<TextValue> tokens = {m.embed("%tokens", m.matrix("embedding", 47, width))}, rows;
  std::vector<TextValue> weights = {m.matrix("w.0", width, width)};
  for (int i = 0; i < 30; ++i) {
    std::string number = std::to_string(i);
    bool ofRows = !rows.empty() && random() % 3 == 0;
    std::vector<TextValue> &values = ofRows ? rows : tokens;
    // Mostly recent values, so that there are chains and siblings.
    auto pick = [&] {
      return values[values.size() - 1 - random() % std::min<size_t>(values.size(), 4)];
    };
    TextValue x = pick();
    switch (random() % 9) {
    case 0:
    case 1:
    case 2:
      if (random() % 4)
        weights.push_back(m.matrix("w." + std::to_string(i + 1), width, width));
      values.push_back(m.linear(x, weights.back()));
      break;
    case 3:
      values.push_back(m.add(x, pick()));
      break;
    case 4:
      values.push_back(m.mul(pick(), x));
      break;
    case 5:
      values.push_back(m.unary("silu", x));
      break;
    case 6:
      values.push_back(m.rmsNorm(x, m.vector("n." + number, width)));
      break;
    case 7:
      rows.push_back(m.takeRows(tokens.back()));
      break;
    case 8:
      if (!ofRows)
        values.push_back(
            m.attention("kv." + number, x, m.columns(pick(), 2, 6), m.columns(pick(), 5, 6), 4, 2));
      break;
    }
  }
  rows.push_back(m.takeRows(tokens.back()));
  text = m.finish({rows.back(), tokens[tokens.size() / 2], rows.front()});
  return m;
}

using Build = std::function<ModelText(unsigned seed, std::string &text)>;

class PassesPreserveMeaning : public ::testing::Test {
protected:
  PassesPreserveMeaning() { context.loadDialect<WeftDialect, mlir::func::FuncDialect>(); }

  void build(const Build &build, unsigned seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::string text;
    build(seed, text).writeWeights(folder.file("weights"));
    module = mlir::parseSourceString<mlir::ModuleOp>(text, mlir::ParserConfig(&context));
    ASSERT_TRUE(module) << text;
  }

  void run(Phase phase, const PipelineOptions &options) {
    mlir::PassManager manager(&context);
    addPhase(manager, phase, options);
    ASSERT_TRUE(mlir::succeeded(manager.run(*module))) << nameOf(phase).str();
  }

  /// Two calls, of two sequences each, the second going on where the first ended.
  std::vector<float> evaluate() {
    WeightFiles files(folder.path().string());
    auto evaluator = Evaluator::create(*module, files, {.context = 16, .sequences = 2});
    EXPECT_TRUE(evaluator.has_value());
    std::vector<float> result;
    std::vector<std::vector<std::vector<int32_t>>> calls = {
        {{3, 46, 0, 17, 3}, {0, 1, 2, 0, 1}, {0, 0, 0, 1, 1}, {2, 4}},
        {{9, 1, 30}, {2, 3, 4}, {1, 0, 0}, {0, 2, 1}}};
    for (const auto &call : calls) {
      std::vector<Tensor> inputs;
      for (const std::vector<int32_t> &indices : call)
        inputs.push_back(Tensor::ofIndices(indices));
      auto outputs = evaluator->run("forward", inputs);
      EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().message);
      if (!outputs)
        return {};
      for (const Tensor &output : *outputs)
        result.insert(result.end(), output.values().begin(), output.values().end());
    }
    return result;
  }

  /// Bit for bit: no pass changes the order of a sum. Quantization alone changes values.
  void expectSameResults(const PipelineOptions &options) {
    std::vector<float> expected = evaluate();
    ASSERT_FALSE(expected.empty());
    ASSERT_THAT(expected,
                ::testing::Each(::testing::Truly([](float x) { return std::isfinite(x); })));
    for (Phase phase : allPhases) {
      run(phase, options);
      if (phase == Phase::Quantized && options.weights) {
        std::vector<float> quantized = evaluate();
        EXPECT_NE(quantized, expected);
        expected = quantized;
      }
      EXPECT_EQ(evaluate(), expected) << "after " << nameOf(phase).str();
      if (HasFailure())
        module->dump();
      ASSERT_FALSE(HasFailure());
    }
    auto entry = module->lookupSymbol<mlir::func::FuncOp>("forward");
    PlanChecker(entry, 7, 3).check();
    PlanChecker(entry, 1, 1).check();
  }

  size_t count(llvm::StringRef op) {
    size_t count = 0;
    module->walk([&](mlir::Operation *each) { count += each->getName().getStringRef() == op; });
    return count;
  }

  mlir::MLIRContext context;
  TemporaryFolder folder;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

PipelineOptions quantized(WeightFormat format, Scalar scale) {
  PipelineOptions options;
  options.weights.emplace();
  options.weights->format = format;
  options.weights->scale = scale;
  return options;
}

DeviceChoice deviceOf(const std::string &name, std::function<bool(mlir::func::FuncOp)> takes,
                      unsigned rows, unsigned blockDepth) {
  return {name, takes, [=](const Storage &storage, bool) {
            return Arrangement{Arrangement::Kind::Tiled, rows, storage.isBlock() ? blockDepth : 1};
          }};
}

TEST_F(PassesPreserveMeaning, Llama) {
  build(llama, 1);
  expectSameResults({});
  // A layer: norm; q, k, v; rope and append; attention; output and residual; norm; gate and
  // up; down and residual. The first norm is part of the kernel of the embedding, the last
  // of that which takes rows; then the logits.
  EXPECT_EQ(count("weft.dispatch"), 3 * 8u + 2);
  // Each of them once, whatever the layer, and all other norms are one.
  EXPECT_EQ(count("func.func") - 1, 10u);
}

TEST_F(PassesPreserveMeaning, LlamaQ8) {
  build(llama, 2);
  expectSameResults(quantized(WeightFormat::Q8, Scalar::F16));
}

TEST_F(PassesPreserveMeaning, LlamaQ4) {
  build(llama, 3);
  expectSameResults(quantized(WeightFormat::Q4, Scalar::BF16));
}

TEST_F(PassesPreserveMeaning, Gpt2) {
  build(gpt2, 4);
  expectSameResults({});
}

TEST_F(PassesPreserveMeaning, Gpt2Q4) {
  build(gpt2, 5);
  expectSameResults(quantized(WeightFormat::Q4, Scalar::F16));
}

TEST_F(PassesPreserveMeaning, OtherTiles) {
  build(llama, 6);
  PipelineOptions options = quantized(WeightFormat::Q8, Scalar::BF16);
  options.devices = {deviceOf("cpu", [](mlir::func::FuncOp) { return true; }, 3, 8)};
  expectSameResults(options);
}

bool has(mlir::func::FuncOp kernel, llvm::StringRef op) {
  return kernel
      .walk([&](mlir::Operation *each) {
        return each->getName().getStringRef() == op ? mlir::WalkResult::interrupt()
                                                    : mlir::WalkResult::advance();
      })
      .wasInterrupted();
}

TEST_F(PassesPreserveMeaning, TwoDevices) {
  build(llama, 9);
  size_t parameters = count("weft.parameter");
  PipelineOptions options = quantized(WeightFormat::Q8, Scalar::F16);
  // It takes attention, but not what appends to the states.
  auto some = [](mlir::func::FuncOp kernel) {
    return has(kernel, "weft.linear") || has(kernel, "weft.attend");
  };
  options.devices = {deviceOf("some", some, 3, 8),
                     deviceOf("all", [](mlir::func::FuncOp) { return true; }, 4, 4)};
  expectSameResults(options);
  for (auto kernel : module->getOps<mlir::func::FuncOp>())
    if (auto device = kernel->getAttrOfType<mlir::StringAttr>(deviceAttrName))
      EXPECT_EQ(device.getValue(), has(kernel, "weft.linear") ? "some" : "all")
          << kernel.getName().str();
  // The embedding is tied to the logits: both devices read it. Of q, k, v came one.
  EXPECT_EQ(count("weft.parameter"), parameters - 3 * 2 + 1);
}

TEST_F(PassesPreserveMeaning, RandomGraphs) {
  for (unsigned seed = 100; seed < 200 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    build(randomGraph, seed);
    expectSameResults({});
  }
}

TEST_F(PassesPreserveMeaning, SameInputSameText) {
  std::string texts[2];
  for (std::string &text : texts) {
    build(llama, 7);
    for (Phase phase : allPhases)
      run(phase, quantized(WeightFormat::Q4, Scalar::F16));
    llvm::raw_string_ostream stream(text);
    module->print(stream, mlir::OpPrintingFlags().enableDebugInfo());
  }
  EXPECT_EQ(texts[0], texts[1]);
}

TEST_F(PassesPreserveMeaning, NoDeviceForAKernel) {
  build(llama, 8);
  std::string message;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    message += diagnostic.str();
    return mlir::success();
  });
  PipelineOptions options;
  auto takes = [](mlir::func::FuncOp kernel) { return kernel.getName() != "attend"; };
  options.devices = {{"first", takes}, {"second", takes}};
  run(Phase::Canonical, options);
  run(Phase::Fused, options);
  mlir::PassManager manager(&context);
  addPhase(manager, Phase::Placed, options);
  EXPECT_TRUE(mlir::failed(manager.run(*module)));
  EXPECT_THAT(message,
              ::testing::HasSubstr("no device takes kernel 'attend'; tried first, second"));
}

} // namespace
} // namespace weft::test
