#include "conformance/Cases.h"

#include "conformance/RandomSuperBlocks.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <tuple>

namespace weft::conformance {

Call callOf(int32_t count, int32_t first, int32_t sequence) {
  Call call;
  for (int32_t i = 0; i < count; ++i) {
    call.tokens.push_back((7 * (first + i) + 3 * sequence + 1) % 509);
    call.positions.push_back(first + i);
    call.sequences.push_back(sequence);
    call.rows.push_back(i);
  }
  return call;
}

namespace {

/// Rows of every table of embeddings: the results compared are at most this wide, and
/// their width is the vocabulary, of which a table must have every token.
constexpr int64_t tableRows = 512;

using Shape = std::pair<int64_t, int64_t>;
using Build = std::function<TextValue(ModelText &)>;

const std::string q8 = "f32, #weft.block<bits = 8, size = 32, scale = f16>";
const std::string q4 = "f32, #weft.block<bits = 4, size = 32, scale = f16, bias = 8>";
const std::string q4Bf16 = "f32, #weft.block<bits = 4, size = 32, scale = bf16, bias = 8>";
const std::string q4Levels =
    "f32, #weft.block<bits = 4, size = 64, scale = f16, levels = [-127, -97, -76, -59, -45, -32, "
    "-20, -9, 2, 13, 24, 35, 48, 63, 80, 104]>";
const std::string q4K =
    "f32, #weft.block<bits = 4, size = 32, scale = f16, super = 8, mins = true>";
const std::string q6K = "f32, #weft.block<bits = 6, size = 16, scale = f16, bias = 32, super = 16>";

struct Named {
  std::string name, element;
};
const std::vector<Named> dense = {{"f32", "f32"}, {"f16", "f16"}, {"bf16", "bf16"}};
const std::vector<Named> superBlocks = {{"q4_K", q4K}, {"q6_K", q6K}};

/// Gaussian activations [n, columns], a different row for each token.
TextValue input(ModelText &m, int64_t columns, const std::string &name = "table") {
  return m.embed("%tokens", m.matrix(name, tableRows, columns));
}

/// The same after a vector was added, so that the rows are no codes where weights are.
TextValue shiftedInput(ModelText &m, int64_t columns) {
  return m.add(input(m, columns), m.vector("v", columns));
}

/// A product of `outputs` by as many inputs as `x` has, its weight of type `element`.
TextValue product(ModelText &m, const TextValue &x, const std::string &name, int64_t outputs,
                  const std::string &element = "f32") {
  return m.linear(x, m.matrix(name, outputs, x.columns, element));
}

/// Attention over heads of `headDim`, `heads` of them for `kvHeads`.
TextValue attention(ModelText &m, const TextValue &x, int64_t headDim, int64_t heads,
                    int64_t kvHeads, const std::string &element, int64_t window = 0) {
  return m.attention("kv", product(m, x, "q", heads * headDim),
                     product(m, x, "k", kvHeads * headDim), product(m, x, "v", kvHeads * headDim),
                     heads, kvHeads, element, window);
}

/// What follows `element =` in the type of a cache of 8-bit blocks.
std::string blocksOf(int64_t size) {
  return fmt::format("f32, blocks = #weft.block<bits = 8, size = {}, scale = f16>", size);
}

std::string named(Shape shape) { return fmt::format("{} x {}", shape.first, shape.second); }

/// `call` with the logits of `rows`.
Call wanting(Call call, std::vector<int32_t> rows) {
  call.rows = std::move(rows);
  return call;
}

/// `call` with other tokens at the same positions.
Call otherTokens(Call call) {
  for (int32_t &token : call.tokens)
    token += 3;
  return call;
}

/// `count` tokens from the first on, as calls of 500 of which only the last row is wanted.
std::vector<Call> fillWith(int32_t count) {
  std::vector<Call> calls;
  for (int32_t first = 0; first < count; first += 500) {
    calls.push_back(callOf(std::min(500, count - first), first));
    calls.back().rows = {int32_t(calls.back().tokens.size()) - 1};
  }
  return calls;
}

/// Activations [n, columns] as input() gives them, but that of token `token` has a NaN in its last
/// column.
TextValue inputWithNan(ModelText &m, int64_t columns, int64_t token,
                       const std::string &name = "table") {
  std::vector<float> values(tableRows * columns);
  std::mt19937 random(2);
  std::normal_distribution<float> normal(0, 0.5f);
  for (float &value : values)
    value = normal(random);
  values[(token + 1) * columns - 1] = std::numeric_limits<float>::quiet_NaN();
  return m.embed("%tokens", m.stored(name, tableRows, columns, "f32",
                                     std::as_bytes(std::span<const float>(values))));
}

class List {
public:
  std::vector<Case> cases;

  void begin(const std::string &name) { op = name; }
  void add(const std::string &shape, Build build, double tolerance = f32Tolerance,
           std::vector<Call> calls = {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)},
           std::optional<WeightFormat> quantize = {}) {
    cases.push_back({op, shape, std::move(build), tolerance, std::move(calls), quantize});
  }

private:
  std::string op;
};

void addRowOps(List &list) {
  list.begin("elementwise");
  for (int64_t columns : {1, 31, 33, 64, 101})
    list.add(fmt::format("{}", columns), [=](ModelText &m) {
      TextValue x = input(m, columns), y = input(m, columns, "other");
      TextValue sum = m.add(m.mul(x, y), m.vector("v", columns));
      return m.add(m.unary("silu", sum), m.unary("gelu", m.mul(y, m.vector("w", columns))));
    });
  list.add("64, far from zero", [](ModelText &m) {
    TextValue x = m.mul(input(m, 64), m.constant("scale", 64, 400));
    return m.add(m.unary("silu", x), m.unary("gelu", m.mul(x, m.vector("w", 64))));
  });
  list.begin("norms");
  for (int64_t columns : {1, 31, 33, 64, 257})
    list.add(fmt::format("{}", columns), [=](ModelText &m) {
      TextValue x = input(m, columns);
      TextValue y = m.rmsNorm(x, m.vector("w", columns));
      return m.layerNorm(m.add(x, y), m.vector("v", columns), m.vector("b", columns));
    });
  // Squares below epsilon; and a mean that f32 sums of squares would drown the variance in.
  list.add("33, near zero", [](ModelText &m) {
    TextValue x = m.mul(input(m, 33), m.constant("scale", 33, 0.001f));
    TextValue y = m.layerNorm(x, m.vector("v", 33), m.vector("b", 33));
    return m.add(m.rmsNorm(x, m.vector("w", 33)), y);
  });
  list.add(
      "257, far from zero",
      [](ModelText &m) {
        TextValue x = m.add(input(m, 257), m.constant("mean", 257, 1000));
        return m.layerNorm(x, m.vector("v", 257), m.vector("b", 257));
      },
      roundedTolerance);
  list.begin("embeddings");
  for (const auto &[name, element] : std::vector<Named>{{"f16", "f16"},
                                                        {"bf16", "bf16"},
                                                        {"q8", q8},
                                                        {"q4", q4},
                                                        {"q4 with bf16 scales", q4Bf16},
                                                        {"q4 with levels", q4Levels}})
    for (int64_t columns : {33, 64})
      list.add(fmt::format("{}, {}", name, columns), [=](ModelText &m) {
        return m.embed("%tokens", m.matrix("table", tableRows, columns, element));
      });
  for (const auto &[name, element] : superBlocks)
    for (int64_t columns : {256, 768})
      list.add(fmt::format("{}, {}", name, columns), [=](ModelText &m) {
        return m.embed("%tokens", m.matrix("table", columns + 5, columns, element));
      });
  list.begin("rotary positions");
  for (std::string pairs : {"halves", "neighbours"})
    for (auto [headDim, frequencies] : {Shape{8, 4}, {10, 5}, {64, 32}, {80, 16}, {48, 24}})
      list.add(fmt::format("{}, heads of {}, {} pairs", pairs, headDim, frequencies),
               [=](ModelText &m) {
                 TextValue table = m.ropeTable(m.vector("frequencies", frequencies));
                 return m.rope(input(m, 3 * headDim), table, 3, pairs);
               });
  // An angle of some thousands has a last bit of 1e-4 in f32.
  std::vector<Call> far = fillWith(4000);
  far.push_back(callOf(13, 4000));
  list.add(
      "halves, from position 4000",
      [](ModelText &m) { return m.rope(input(m, 24), m.ropeTable(m.vector("frequencies", 4)), 3); },
      roundedTolerance, far);
}

void addRows(List &list) {
  list.begin("wanted rows");
  // Some of them, in any order and more than once, and none.
  const std::vector<Call> calls = {wanting(callOf(37), {36, 0, 17, 17, 3}),
                                   wanting(callOf(5, 37), {}), wanting(callOf(19, 42), {1, 18})};
  list.add(
      "of products",
      [](ModelText &m) { return product(m, product(m, input(m, 33), "w", 31), "u", 65); },
      f32Tolerance, calls);
  list.add(
      "of attention",
      [](ModelText &m) {
        TextValue x = input(m, 24);
        return m.add(x, product(m, attention(m, x, 8, 4, 2, "f32"), "o", 24));
      },
      f32Tolerance, calls);
  list.begin("not a number");
  // In a row of its own, whatever rows are computed with it.
  list.add("elementwise, 33", [](ModelText &m) {
    TextValue x = inputWithNan(m, 33, 15), y = inputWithNan(m, 33, 8, "other");
    return m.add(m.unary("silu", x), m.unary("gelu", m.mul(y, m.vector("v", 33))));
  });
  list.add("norm and product, 31 x 33", [](ModelText &m) {
    TextValue x = m.rmsNorm(inputWithNan(m, 33, 15), m.vector("w", 33));
    return product(m, x, "p", 31);
  });
}

void addProducts(List &list) {
  list.begin("dense products");
  for (const auto &[name, element] : dense)
    for (Shape shape : {Shape{1, 1}, {31, 33}, {16, 64}, {100, 7}, {131, 65}})
      list.add(name + ", " + named(shape), [=](ModelText &m) {
        return product(m, input(m, shape.second), "w", shape.first, element);
      });
  list.begin("products of blocks");
  // Rounding activations to 8 bits is part of the reference here, on the same inputs. In q4 the
  // logits would be q8: the sum keeps the product from being them.
  for (auto format : {WeightFormat::Q8, WeightFormat::Q4, WeightFormat::Q4S})
    for (Shape shape : {Shape{1, 1}, {31, 33}, {16, 64}, {100, 31}, {131, 160}})
      list.add(
          nameOf(format).str() + ", " + named(shape),
          [=](ModelText &m) {
            return m.add(product(m, shiftedInput(m, shape.second), "w", shape.first),
                         m.vector("b", shape.first));
          },
          f32Tolerance, {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)}, format);
  list.begin("products of GGUF's blocks");
  for (const auto &[name, element] : std::vector<Named>{{"Q8_0", q8}, {"Q4_0", q4}})
    for (Shape shape : {Shape{31, 33}, {16, 64}, {131, 160}})
      list.add(
          name + ", " + named(shape),
          [=](ModelText &m) {
            return product(m, shiftedInput(m, shape.second), "w", shape.first, element);
          },
          f32Tolerance, {callOf(1), callOf(2, 1), callOf(37), callOf(13, 37)}, WeightFormat::Q8);
  list.begin("several products");
  for (int64_t width : {31, 64})
    for (std::optional<WeightFormat> quantize :
         {std::optional<WeightFormat>(), std::optional(WeightFormat::Q8)})
      list.add(
          fmt::format("with what follows them, {}, {}", quantize ? "q8" : "f32", width),
          [=](ModelText &m) {
            TextValue x = input(m, width);
            TextValue gate = m.unary("silu", product(m, x, "gate", width));
            TextValue gated = m.mul(gate, product(m, x, "up", width));
            TextValue biased = m.add(product(m, gated, "down", width), m.vector("b", width));
            return m.add(x, product(m, m.unary("gelu", biased), "last", width));
          },
          quantize ? codesTolerance : f32Tolerance, {callOf(1), callOf(2, 1), callOf(37)},
          quantize);
  list.add("merged, read in place", [](ModelText &m) {
    TextValue x = input(m, 33);
    TextValue q = product(m, x, "q", 24), k = product(m, x, "k", 8), v = product(m, x, "v", 40);
    return m.add(m.add(q, m.columns(v, 13, 24)), m.columns(product(m, k, "z", 33), 9, 24));
  });
}

void addSuperBlocks(List &list) {
  list.begin("super-blocks");
  for (const auto &[name, element] : superBlocks)
    for (Shape shape : {Shape{1, 256}, {31, 512}, {16, 256}, {131, 768}})
      list.add(name + ", " + named(shape), [=](ModelText &m) {
        return product(m, shiftedInput(m, shape.second), "w", shape.first, element);
      });
  // Every sub-scale, minimum and code that a file can have.
  for (const auto &[name, element] : superBlocks)
    list.add(name + " of any bytes, 131 x 768", [=](ModelText &m) {
      const SuperBlockBytes &format = element == q4K ? q4KBytes : q6KBytes;
      auto w = randomSuperBlocks(format, 131 * 3, 9, 0x1p-8f),
           t = randomSuperBlocks(format, 150 * 3, 10, 0x1p-8f);
      TextValue x = m.embed("%tokens", m.stored("table", 150, 768, element, t));
      return m.linear(m.add(x, m.vector("v", 768)), m.stored("w", 131, 768, element, w));
    });
  for (const auto &[name, element] : superBlocks)
    list.add(name + ", gate and up of one input", [=](ModelText &m) {
      TextValue x = shiftedInput(m, 512);
      TextValue gate = m.unary("silu", product(m, x, "gate", 33, element));
      return m.mul(gate, product(m, x, "up", 33, element));
    });
  for (const auto &[name, element] : superBlocks)
    list.add(name + ", tied embeddings", [=](ModelText &m) {
      TextValue table = m.matrix("table", 133, 256, element);
      TextValue x = m.add(m.embed("%tokens", table), m.vector("v", 256));
      return m.linear(x, table);
    });
}

/// Two sequences whose tokens come mixed, then alone.
std::vector<Call> mixedCalls() {
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
  return {mixed, behind, callOf(1, 23, 1)};
}

void addAttention(List &list) {
  const std::vector<Call> calls = {callOf(1), callOf(70, 1), callOf(1, 71), callOf(33, 72),
                                   callOf(3, 64)};
  list.begin("attention");
  for (const auto &[name, element] : dense)
    for (auto [headDim, heads, kvHeads] :
         {std::array<int64_t, 3>{8, 8, 4}, {13, 3, 1}, {64, 8, 2}, {80, 2, 2}, {16, 32, 1}})
      list.add(
          fmt::format("{} cache, {} heads of {} for {}", name, heads, headDim, kvHeads),
          [=](ModelText &m) {
            return attention(m, input(m, 24), headDim, heads, kvHeads, element);
          },
          element == "f32" ? f32Tolerance : roundedTolerance, calls);
  // As after a draft whose tokens were refused; then what was written before lies behind the end.
  for (auto [name, element, tolerance] :
       {std::tuple<std::string, std::string, double>{"f32", "f32", f32Tolerance},
        {"blocks of 32", blocksOf(32), roundedTolerance}})
    list.add(name + " cache, positions written again",
             [=](ModelText &m) { return attention(m, input(m, 24), 32, 4, 2, element); }, tolerance,
             {callOf(40), otherTokens(callOf(10, 20)), callOf(1, 30), otherTokens(callOf(1, 30))});
  // Scores of hundreds: their exponentials are beyond f32 unless the largest is subtracted.
  list.add(
      "large scores",
      [](ModelText &m) {
        return attention(m, product(m, input(m, 24), "in", 64), 64, 2, 1, "f32");
      },
      roundedTolerance, calls);
  list.begin("attention over blocks");
  for (auto [headDim, heads, kvHeads, block] : {std::array<int64_t, 4>{24, 3, 1, 32},
                                                {40, 4, 2, 32},
                                                {64, 8, 2, 32},
                                                {80, 2, 2, 32},
                                                {128, 4, 1, 32},
                                                {13, 3, 1, 16},
                                                {64, 4, 4, 64},
                                                {48, 2, 1, 48}})
    list.add(
        fmt::format("blocks of {}, {} heads of {} for {}", block, heads, headDim, kvHeads),
        [=](ModelText &m) {
          return attention(m, input(m, 24), headDim, heads, kvHeads, blocksOf(block));
        },
        roundedTolerance, calls);
  list.begin("attention in a window");
  // Within a page of 64 positions, of a page, over pages, and longer than any sequence here.
  for (int64_t window : {1, 17, 63, 64, 65, 90, 1000})
    list.add(
        fmt::format("of {}", window),
        [=](ModelText &m) { return attention(m, input(m, 24), 16, 4, 2, "f32", window); },
        f32Tolerance, calls);
  list.add("of 65, cache of blocks",
           [](ModelText &m) { return attention(m, input(m, 24), 16, 4, 2, blocksOf(16), 65); },
           roundedTolerance, {callOf(71), callOf(1, 71), callOf(33, 72)});
  list.begin("few tokens behind many");
  for (auto [heads, kvHeads] : {Shape{1, 1}, {6, 3}, {64, 32}, {64, 64}})
    list.add(fmt::format("{} heads for {}", heads, kvHeads),
             [=](ModelText &m) { return attention(m, input(m, 24), 8, heads, kvHeads, "f16"); },
             roundedTolerance,
             {callOf(4), callOf(60, 4), callOf(1, 64), callOf(3, 65), callOf(60, 68),
              callOf(5, 123), callOf(100, 128), callOf(1, 228), callOf(4, 229)});
  // The reference would take minutes for the longer one without a window.
  for (auto [count, window] : {std::pair<int32_t, int64_t>{2500, 0}, {32700, 130}}) {
    std::vector<Call> behind = fillWith(count);
    behind.insert(behind.end(), {callOf(4, count), callOf(1, count + 4), callOf(20, count + 5)});
    list.add(
        fmt::format("{} positions", count),
        [=](ModelText &m) { return attention(m, input(m, 24), 8, 2, 1, "f16", window); },
        roundedTolerance, behind);
  }
  list.begin("sequences of one batch");
  for (auto [name, element, tolerance] :
       {std::tuple<std::string, std::string, double>{"f32 cache", "f32", f32Tolerance},
        {"cache of blocks", blocksOf(32), roundedTolerance}})
    list.add(
        name, [=](ModelText &m) { return attention(m, input(m, 24), 8, 4, 2, element); }, tolerance,
        mixedCalls());
}

} // namespace

std::vector<Case> allCases() {
  List list;
  for (auto add : {addRowOps, addRows, addProducts, addSuperBlocks, addAttention})
    add(list);
  return std::move(list.cases);
}

} // namespace weft::conformance
