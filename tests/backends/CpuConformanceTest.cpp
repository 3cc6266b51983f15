// The CPU backend against the reference, op by op at awkward sizes.
//
// The norm is the relative error ||a - b|| / ||b|| over all results. The reference sums in
// f64; f32 sums of a few hundred terms differ by a few 1e-7, so 1e-5 leaves room for the
// order and would not hide a wrong element.

#include "tests/backends/Conformance.h"

#include "tests/ir/storage/SuperBlocks.h"

namespace weft::test {
namespace {

constexpr double f32Tolerance = 1e-5;

/// Rows of every table of embeddings: the results compared are at most this wide, and
/// their width is the vocabulary, of which a table must have every token.
constexpr int64_t tableRows = 512;

/// One of each kind of code that the backend generates: AVX2, AVX2 with VNNI, AVX-512, AVX-512
/// with VNNI, AArch64 with dot product.
const char *const processors[] = {"x86-64-v3", "alderlake", "x86-64-v4", "znver4", "neoverse-n1"};

class CpuConformance : public ::testing::TestWithParam<const char *> {
protected:
  void SetUp() override {
    if (std::string reason = obstacle(machine); !reason.empty())
      GTEST_SKIP() << "code for " << machine.processor << " is not run: " << reason;
  }

  /// Compares `build`'s result, a value with a row for each token, on calls of many sizes.
  void expect(std::function<TextValue(ModelText &)> build, double tolerance = f32Tolerance,
              std::vector<Call> calls = {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)},
              std::optional<WeightFormat> quantize = {}) {
    ModelText model(1);
    TextValue value = build(model);
    TextValue result = model.takeRows(value);
    Conformance(machine).expect(model, result, calls, tolerance, quantize);
  }

  /// Gaussian activations [n, columns], a different row for each token.
  static TextValue input(ModelText &m, int64_t columns, const std::string &name = "table") {
    return m.embed("%tokens", m.matrix(name, tableRows, columns));
  }

  const Machine machine{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Cpu, CpuConformance, ::testing::ValuesIn(processors),
                         [](const auto &info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(CpuConformance, ElementwiseChainsAndTails) {
  for (int64_t columns : {1, 31, 33, 64, 101})
    expect([&](ModelText &m) {
      TextValue x = input(m, columns), y = input(m, columns, "other");
      TextValue sum = m.add(m.mul(x, y), m.vector("v", columns));
      return m.add(m.unary("silu", sum), m.unary("gelu", m.mul(y, m.vector("w", columns))));
    });
}

TEST_P(CpuConformance, Norms) {
  for (int64_t columns : {1, 31, 33, 64, 257})
    expect([&](ModelText &m) {
      TextValue x = input(m, columns);
      TextValue y = m.rmsNorm(x, m.vector("w", columns));
      return m.layerNorm(m.add(x, y), m.vector("v", columns), m.vector("b", columns));
    });
}

TEST_P(CpuConformance, EmbeddingsOfEveryStorage) {
  const std::vector<std::string> elements = {
      "f16", "bf16", "f32, #weft.block<bits = 8, size = 32, scale = f16>",
      "f32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>",
      "f32, #weft.block<bits = 4, size = 32, scale = bf16, bias = 8>",
      "f32, #weft.block<bits = 4, size = 64, scale = f16, levels = [-127, -97, -76, -59, -45, -32, "
      "-20, -9, 2, 13, 24, 35, 48, 63, 80, 104]>"};
  for (const std::string &element : elements)
    for (int64_t columns : {33, 64})
      expect([&](ModelText &m) {
        return m.embed("%tokens", m.matrix("table", tableRows, columns, element));
      });
}

/// A product of `outputs` by `inputs`, its weight of type `element`.
TextValue product(ModelText &m, const TextValue &x, const std::string &name, int64_t outputs,
                  const std::string &element) {
  return m.linear(x, m.matrix(name, outputs, x.columns, element));
}

TEST_P(CpuConformance, DenseProducts) {
  for (std::string element : {"f32", "f16", "bf16"})
    for (auto [outputs, inputs] : {std::pair<int64_t, int64_t>{1, 1}, {31, 33}, {16, 64}, {100, 7}, {131, 65}})
      expect([&](ModelText &m) { return product(m, input(m, inputs), "w", outputs, element); });
}

TEST_P(CpuConformance, BlockProducts) {
  // Rounding activations to 8 bits is part of the reference here, on the same inputs.
  for (auto format : {WeightFormat::Q8, WeightFormat::Q4, WeightFormat::Q4S})
    for (auto [outputs, inputs] : {std::pair<int64_t, int64_t>{1, 1}, {31, 33}, {16, 64}, {100, 31}, {131, 160}})
      expect([&](ModelText &m) {
        // The table stays as it is: a vector is added, so that its rows are not codes.
        // The logits would be q8 in q4: the sum keeps the product from being them.
        TextValue x = m.add(input(m, inputs), m.vector("v", inputs));
        return m.add(product(m, x, "w", outputs, "f32"), m.vector("b", outputs));
      }, f32Tolerance, {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)}, format);
}

TEST_P(CpuConformance, ProductsOfGgufBlocks) {
  for (std::string element : {"f32, #weft.block<bits = 8, size = 32, scale = f16>",
                              "f32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>"})
    for (auto [outputs, inputs] : {std::pair<int64_t, int64_t>{31, 33}, {16, 64}, {131, 160}})
      expect([&](ModelText &m) {
        return product(m, m.add(input(m, inputs), m.vector("v", inputs)), "w", outputs, element);
      }, f32Tolerance, {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)}, WeightFormat::Q8);
}

/// GGUF's Q4_K and Q6_K.
const std::vector<std::string> superBlocks = {
    "f32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>",
    "f32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>"};

TEST_P(CpuConformance, ProductsOfSuperBlocks) {
  for (const std::string &element : superBlocks)
    for (auto [outputs, inputs] : {std::pair<int64_t, int64_t>{1, 256}, {31, 512}, {16, 256}, {131, 768}})
      expect([&](ModelText &m) {
        return product(m, m.add(input(m, inputs), m.vector("v", inputs)), "w", outputs, element);
      });
}

TEST_P(CpuConformance, SuperBlocksOfAnyBytes) {
  // Every sub-scale, minimum and code that a file can have, none of which an encoder chose.
  for (auto [element, format] : llvm::zip(superBlocks, kQuants()))
    expect([&](ModelText &m) {
      auto w = randomSuperBlocks(format, 131 * 3, 9, 0x1p-8f), t = randomSuperBlocks(format, 150 * 3, 10, 0x1p-8f);
      TextValue x = m.embed("%tokens", m.stored("table", 150, 768, element, t));
      return m.linear(m.add(x, m.vector("v", 768)), m.stored("w", 131, 768, element, w));
    });
}

TEST_P(CpuConformance, SuperBlocksOfOneInputInOneKernel) {
  for (const std::string &element : superBlocks)
    expect([&](ModelText &m) {
      TextValue x = m.add(input(m, 512), m.vector("v", 512));
      TextValue gate = m.unary("silu", product(m, x, "gate", 33, element));
      return m.mul(gate, product(m, x, "up", 33, element));
    });
}

TEST_P(CpuConformance, EmbeddingsOfSuperBlocks) {
  for (const std::string &element : superBlocks)
    for (int64_t columns : {256, 768})
      expect([&](ModelText &m) {
        return m.embed("%tokens", m.matrix("table", columns + 5, columns, element));
      }, 0);
}

TEST_P(CpuConformance, TiedSuperBlocks) {
  for (const std::string &element : superBlocks)
    expect([&](ModelText &m) {
      TextValue table = m.matrix("table", 133, 256, element);
      TextValue x = m.add(m.embed("%tokens", table), m.vector("v", 256));
      return m.linear(x, table);
    });
}

TEST_P(CpuConformance, Epilogues) {
  for (int64_t width : {31, 64})
    for (std::optional<WeightFormat> quantize : {std::optional<WeightFormat>(), std::optional(WeightFormat::Q8)})
      expect([&](ModelText &m) {
        TextValue x = input(m, width);
        TextValue gate = m.unary("silu", product(m, x, "gate", width, "f32"));
        TextValue gated = m.mul(gate, product(m, x, "up", width, "f32"));
        TextValue biased = m.add(product(m, gated, "down", width, "f32"), m.vector("b", width));
        return m.add(x, product(m, m.unary("gelu", biased), "last", width, "f32"));
      }, quantize ? 5e-3 : f32Tolerance, // A code of the second product may round the other way.
         {callOf(1), callOf(2, 1), callOf(37)}, quantize);
}

TEST_P(CpuConformance, MergedProductsAreReadInPlace) {
  expect([&](ModelText &m) {
    TextValue x = input(m, 33);
    TextValue q = product(m, x, "q", 24, "f32"), k = product(m, x, "k", 8, "f32"),
              v = product(m, x, "v", 40, "f32");
    return m.add(m.add(q, m.columns(v, 13, 24)), m.columns(product(m, k, "z", 33, "f32"), 9, 24));
  });
}

TEST_P(CpuConformance, RotaryPositions) {
  for (std::string pairs : {"halves", "neighbours"})
    for (auto [headDim, frequencies] : {std::pair<int64_t, int64_t>{8, 4}, {10, 5}, {64, 32}, {80, 16}, {48, 24}})
      expect([&](ModelText &m) {
        TextValue table = m.ropeTable(m.vector("frequencies", frequencies));
        return m.rope(input(m, 3 * headDim), table, 3, pairs);
      });
}

/// Attention over heads of `headDim`, `heads` of them for `kvHeads`.
TextValue attention(ModelText &m, const TextValue &x, int64_t headDim, int64_t heads,
                    int64_t kvHeads, const std::string &element, int64_t window = 0) {
  return m.attention("kv", product(m, x, "q", heads * headDim, "f32"),
                     product(m, x, "k", kvHeads * headDim, "f32"),
                     product(m, x, "v", kvHeads * headDim, "f32"), heads, kvHeads, element, window);
}

TEST_P(CpuConformance, Attention) {
  for (std::string element : {"f32", "f16", "bf16"})
    for (auto [headDim, heads, kvHeads] :
         {std::tuple<int64_t, int64_t, int64_t>{8, 8, 4}, {13, 3, 1}, {64, 8, 2}, {80, 2, 2}, {16, 32, 1}})
      // Keys and values are rounded to the state's type by both; one may fall the other way.
      expect([&](ModelText &m) { return attention(m, input(m, 24), headDim, heads, kvHeads, element); },
             element == "f32" ? f32Tolerance : 1e-3,
             {callOf(1), callOf(70, 1), callOf(1, 71), callOf(33, 72), callOf(3, 64)});
}

/// What follows `element =` in the type of a cache of 8-bit blocks.
std::string blocksOf(int64_t size) {
  return "f32, blocks = #weft.block<bits = 8, size = " + std::to_string(size) + ", scale = f16>";
}

TEST_P(CpuConformance, AttentionOverBlocks) {
  // Queries, keys and values are rounded by both; a code may fall the other way.
  for (auto [headDim, heads, kvHeads, block] :
       {std::array<int64_t, 4>{24, 3, 1, 32}, {40, 4, 2, 32}, {64, 8, 2, 32}, {80, 2, 2, 32},
        {128, 4, 1, 32}, {13, 3, 1, 16}, {64, 4, 4, 64}, {48, 2, 1, 48}})
    expect([&](ModelText &m) { return attention(m, input(m, 24), headDim, heads, kvHeads, blocksOf(block)); },
           1e-3, {callOf(1), callOf(70, 1), callOf(1, 71), callOf(33, 72), callOf(3, 64)});
}

TEST_P(CpuConformance, AttentionWithinAWindow) {
  // Windows within a page, of a page, over pages, and longer than any sequence here.
  for (int64_t window : {1, 17, 63, 64, 65, 90, 1000})
    expect([&](ModelText &m) { return attention(m, input(m, 24), 16, 4, 2, "f32", window); },
           f32Tolerance, {callOf(1), callOf(70, 1), callOf(1, 71), callOf(33, 72), callOf(3, 64)});
  expect([&](ModelText &m) { return attention(m, input(m, 24), 16, 4, 2, blocksOf(16), 65); }, 1e-3,
         {callOf(71), callOf(1, 71), callOf(33, 72)});
}

TEST_P(CpuConformance, AttentionInParts) {
  // From many parts to one; few tokens take each part by itself, many all of them.
  for (auto [heads, kvHeads] : {std::pair<int64_t, int64_t>{1, 1}, {6, 3}, {64, 32}, {64, 64}})
    expect([&](ModelText &m) { return attention(m, input(m, 24), 8, heads, kvHeads, "f16"); }, 1e-3,
           {callOf(4), callOf(60, 4), callOf(1, 64), callOf(3, 65), callOf(60, 68), callOf(5, 123),
            callOf(100, 128), callOf(1, 228), callOf(4, 229)});
}

TEST_P(CpuConformance, AttentionOverLongContexts) {
  // Every part has several pages; the reference would take minutes without the window.
  for (auto [count, window] : {std::pair<int32_t, int64_t>{2500, 0}, {32700, 130}}) {
    std::vector<Call> calls = fillWith(count);
    calls.insert(calls.end(), {callOf(4, count), callOf(1, count + 4), callOf(20, count + 5)});
    expect([&](ModelText &m) { return attention(m, input(m, 24), 8, 2, 1, "f16", window); }, 1e-3, calls);
  }
}

TEST_P(CpuConformance, SequencesOfOneBatchDoNotMeet) {
  Call mixed = callOf(6);
  mixed.sequences = {0, 1, 0, 1, 1, 0};
  mixed.positions = {0, 0, 1, 1, 2, 2};
  Call behind = callOf(20, 3, 1);
  for (int32_t i = 0; i < 20; ++i) {
    behind.tokens.push_back(i % 13);
    behind.positions.push_back(3 + i);
    behind.sequences.push_back(0);
    behind.rows.push_back(20 + i);
  }
  for (auto [element, tolerance] : {std::pair<std::string, double>{"f32", f32Tolerance}, {blocksOf(32), 1e-3}})
    expect([&](ModelText &m) { return attention(m, input(m, 24), 8, 4, 2, element); }, tolerance,
           {mixed, behind, callOf(1, 23, 1)});
}

} // namespace
} // namespace weft::test
