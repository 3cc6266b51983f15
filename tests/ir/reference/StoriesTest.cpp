// A real model, written out op by op, says what llama2.c says.

#include "ir/reference/Evaluator.h"

#include "tests/Shared.h"
#include "tests/ir/Parse.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

using namespace mlir;
using namespace weft;

namespace {

const std::string folder = weft::test::sharedPath("models/stories260K/").string();

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The graph over a checkpoint of llama2.c: seven i32 sizes, then f32 tensors without names.
class Graph {
public:
  explicit Graph(const std::string &checkpoint) {
    std::memcpy(sizes, checkpoint.data(), sizeof(sizes));
    auto [dim, hidden, layers, heads, kvHeads, vocab, context] = sizes;
    int64_t kvDim = int64_t(dim) / heads * kvHeads;
    struct Weight {
      const char *name;
      int64_t count, rows, columns;
    } weights[] = {
        {"table", 1, vocab, dim},     {"norm", layers, 0, dim},      {"q", layers, dim, dim},
        {"k", layers, kvDim, dim},    {"v", layers, kvDim, dim},     {"o", layers, dim, dim},
        {"mlp_norm", layers, 0, dim}, {"gate", layers, hidden, dim}, {"down", layers, dim, hidden},
        {"up", layers, hidden, dim},  {"final_norm", 1, 0, dim}};
    int64_t offset = sizeof(sizes);
    for (const Weight &weight : weights)
      for (int64_t layer = 0; layer < weight.count; ++layer) {
        std::string type = weight.rows ? matrix(weight.rows, weight.columns)
                                       : "tensor<" + std::to_string(weight.columns) + "xf32>";
        std::string name = weight.name + (weight.count > 1 ? std::to_string(layer) : "");
        declarations << "weft.parameter @" << name << " : " << type
                     << " from [#weft.source<tensor = \"" << name << "\", file = \"" << folder
                     << "stories260K.bin\", offset = " << offset << ", type = " << type << ">]\n";
        body << "%" << name << " = weft.weight @" << name << " : " << type << "\n";
        offset += std::max<int64_t>(1, weight.rows) * weight.columns * 4;
      }
    int64_t headDim = dim / heads;
    std::string list;
    for (int64_t i = 0; i < headDim / 2; ++i)
      list +=
          (i ? ", " : "") + std::to_string(std::pow(10000.0, -2.0 * double(i) / double(headDim)));
    std::string frequencies = "tensor<" + std::to_string(headDim / 2) + "xf32>";
    declarations << "weft.parameter @frequencies : " << frequencies << " = dense<[" << list
                 << "]> : " << frequencies << "\n";
    std::string kv = "!weft.kv<heads = " + std::to_string(kvHeads) +
                     ", head_dim = " + std::to_string(headDim) + ", element = f32>";
    body << "%f = weft.weight @frequencies : " << frequencies << "\n"
         << "%rope = weft.rope_table %p, %f : (" << ids << ", " << frequencies << ") -> "
         << rows(headDim) << "\n%x0 = weft.embed %t in %table : (" << ids << ", "
         << matrix(vocab, dim) << ") -> " << rows(dim) << "\n";
    for (int64_t i = 0; i < layers; ++i) {
      std::string l = std::to_string(i), next = std::to_string(i + 1);
      declarations << "weft.state @kv" << l << " : " << kv << "\n";
      norm("n" + l, "x" + l, "norm" + l);
      linear("q_" + l, "n" + l, dim, "q" + l, dim);
      linear("k_" + l, "n" + l, dim, "k" + l, kvDim);
      linear("v_" + l, "n" + l, dim, "v" + l, kvDim);
      rope("qr" + l, "q_" + l, heads, dim, headDim);
      rope("kr" + l, "k_" + l, kvHeads, kvDim, headDim);
      body << "%old" << l << " = weft.recall @kv" << l << " : " << kv << "\n%new" << l
           << " = weft.append %kr" << l << ", %v_" << l << " to %old" << l
           << " at %p, %s : " << rows(kvDim) << ", " << rows(kvDim) << ", " << kv << ", " << ids
           << ", " << ids << "\n%a" << l << " = weft.attend %qr" << l << " in %new" << l
           << " at %p, %s heads " << heads << " scale " << std::to_string(1 / std::sqrt(headDim))
           << " : " << rows(dim) << ", " << kv << ", " << ids << ", " << ids << "\n";
      linear("o_" + l, "a" + l, dim, "o" + l, dim);
      binary("y" + l, "add", "x" + l, "o_" + l, dim);
      norm("m" + l, "y" + l, "mlp_norm" + l);
      linear("g" + l, "m" + l, dim, "gate" + l, hidden);
      linear("u" + l, "m" + l, dim, "up" + l, hidden);
      body << "%h" << l << " = weft.silu %g" << l << " : " << rows(hidden) << "\n";
      binary("i" + l, "mul", "h" + l, "u" + l, hidden);
      linear("d" + l, "i" + l, hidden, "down" + l, dim);
      binary("x" + next, "add", "y" + l, "d" + l, dim);
    }
    norm("last", "x" + std::to_string(layers), "final_norm");
    body << "%wanted = weft.take_rows %last at %r : (" << rows(dim) << ", " << ids << ") -> "
         << rows(dim) << "\n";
    linear("logits", "wanted", dim, "table", vocab);
    body << "return %logits : " << rows(vocab) << "\n";
  }

  int32_t vocab() const { return sizes[5]; }
  std::string text() const {
    return declarations.str() + "func.func @forward(%t: " + ids + ", %p: " + ids + ", %s: " + ids +
           ", %r: " + ids + " {weft.rows}) -> " + rows(vocab()) + " {\n" + body.str() + "}\n";
  }

private:
  static std::string matrix(int64_t rows, int64_t columns) {
    return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) + "xf32>";
  }
  static std::string rows(int64_t columns) {
    return "tensor<?x" + std::to_string(columns) + "xf32>";
  }
  void norm(const std::string &result, const std::string &x, const std::string &weight) {
    body << "%" << result << " = weft.rms_norm %" << x << ", %" << weight
         << " epsilon 1.0e-5 : " << rows(sizes[0]) << ", tensor<" << sizes[0] << "xf32>\n";
  }
  void linear(const std::string &result, const std::string &x, int64_t in,
              const std::string &weight, int64_t out) {
    body << "%" << result << " = weft.linear %" << x << ", %" << weight << " : (" << rows(in)
         << ", " << matrix(out, in) << ") -> " << rows(out) << "\n";
  }
  void rope(const std::string &result, const std::string &x, int64_t heads, int64_t columns,
            int64_t headDim) {
    body << "%" << result << " = weft.rope %" << x << " by %rope heads " << heads
         << " neighbours : " << rows(columns) << ", " << rows(headDim) << "\n";
  }
  void binary(const std::string &result, const char *op, const std::string &a, const std::string &b,
              int64_t columns) {
    body << "%" << result << " = weft." << op << " %" << a << ", %" << b << " : " << rows(columns)
         << ", " << rows(columns) << "\n";
  }

  const std::string ids = "tensor<?xi32>";
  int32_t sizes[7];
  std::ostringstream declarations, body;
};

/// The vocabulary of llama2.c: i32 longest, then f32 score, i32 length and text of each.
std::vector<std::string> readVocabulary(const std::string &file, int32_t count) {
  std::vector<std::string> words;
  size_t at = 4;
  for (int32_t i = 0; i < count; ++i) {
    int32_t length;
    std::memcpy(&length, &file[at + 4], sizeof(length));
    words.push_back(file.substr(at + 8, length));
    at += 8 + length;
  }
  return words;
}

std::string say(const std::vector<std::string> &words, int32_t last, int32_t token) {
  const std::string &word = words[token];
  if (word.size() == 6 && word.starts_with("<0x"))
    return std::string(1, char(std::stoi(word.substr(3, 2), nullptr, 16)));
  return last == 1 && word.starts_with(" ") ? word.substr(1) : word;
}

TEST(Stories, GreedyTextIsThatOfLlama2c) {
  std::string checkpoint = readFile(folder + "stories260K.bin");
  if (checkpoint.empty())
    GTEST_SKIP() << "no model at " << folder;
  Graph graph(checkpoint);
  test::Context context;
  auto module = context.parse(graph.text());
  ASSERT_TRUE(module) << context.diagnostics;
  WeightFiles files;
  auto evaluator = Evaluator::create(*module, files, {256, 1});
  ASSERT_TRUE(evaluator);

  auto start = std::chrono::steady_clock::now();
  std::vector<std::string> words = readVocabulary(readFile(folder + "tok512.bin"), graph.vocab());
  std::vector<int32_t> tokens = {1, 403, 407, 261, 378}; // "Once upon a time"
  std::string text;
  for (size_t i = 1; i < tokens.size(); ++i)
    text += say(words, tokens[i - 1], tokens[i]);
  std::vector<int32_t> next = tokens;
  for (int32_t position = 0; position < 200;) {
    std::vector<int32_t> positions(next.size());
    for (int32_t &p : positions)
      p = position++;
    auto results =
        evaluator->run("forward", {Tensor::ofIndices(next), Tensor::ofIndices(positions),
                                   Tensor::ofIndices(std::vector<int32_t>(next.size(), 0)),
                                   Tensor::ofIndices({int32_t(next.size()) - 1})});
    ASSERT_TRUE(results) << results.error().message;
    const std::vector<float> &logits = results->front().values();
    int32_t token = std::max_element(logits.begin(), logits.end()) - logits.begin();
    if (position <= 200)
      text += say(words, next.back(), token);
    next = {token};
  }
  RecordProperty("milliseconds", int((std::chrono::steady_clock::now() - start).count() / 1000000));
  std::string expected = readFile(folder + "expected/once_upon_a_time.txt");
  while (expected.ends_with("\n"))
    expected.pop_back();
  EXPECT_EQ(text.substr(0, expected.size()), expected);
}

} // namespace
