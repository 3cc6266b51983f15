// Writes small models as MLIR text, with random weights in one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace weft::conformance {

/// A value in the text: its name and type.
struct TextValue {
  std::string name;
  int64_t columns = 0;
  /// The rows of a static value; -1 if it has a row for each token or logits row; 0 for a vector.
  int64_t rows = -1;
  /// The end of the type, after the sizes: element type and encoding.
  std::string element = "f32";

  std::string type() const { return sized(element); }
  std::string sized(const std::string &of) const {
    std::string size = rows < 0 ? "?x" : rows > 0 ? std::to_string(rows) + "x" : "";
    return "tensor<" + size + std::to_string(columns) + "x" + of + ">";
  }
};

/// Writes a module with the entry point `forward(tokens, positions, sequences, rows)`. Weights are
/// random from the seed and are in the file "weights".
class ModelText {
public:
  explicit ModelText(unsigned seed) : random(seed) {}

  TextValue vector(const std::string &name, int64_t columns) { return parameter(name, 0, columns); }
  /// Declares a matrix; `element` is written as in the type: "bf16", "f32, #weft.block<...>". The
  /// file has f32.
  TextValue matrix(const std::string &name, int64_t rows, int64_t columns,
                   const std::string &element = "f32") {
    return parameter(name, rows, columns, element);
  }
  /// Declares a matrix that is stored in the file as its type says; `bytes` are its contents.
  TextValue stored(const std::string &name, int64_t rows, int64_t columns,
                   const std::string &element, std::span<const std::byte> bytes) {
    TextValue value{"", columns, rows, element};
    declare(name, value.type() + source(name, value.type()));
    size_t begin = weights.size();
    weights.resize(begin + (bytes.size() + sizeof(float) - 1) / sizeof(float));
    std::memcpy(&weights[begin], bytes.data(), bytes.size());
    return weight(name, value);
  }
  TextValue constant(const std::string &name, int64_t columns, float of = 0.375f) {
    TextValue value{"", columns, 0};
    declare(name, value.type() + " = dense<" + std::to_string(of) + "> : " + value.type());
    return weight(name, value);
  }

  TextValue embed(const std::string &ids, const TextValue &table) {
    return op("embed " + ids + " in " + table.name + " : (tensor<?xi32>, " + table.type() + ") -> ",
              {"", table.columns, -1}, true);
  }
  TextValue ropeTable(const TextValue &frequencies) {
    return op("rope_table %positions, " + frequencies.name + " : (tensor<?xi32>, " +
                  frequencies.type() + ") -> ",
              {"", 2 * frequencies.columns, -1}, true);
  }
  TextValue rope(const TextValue &x, const TextValue &table, int64_t heads,
                 const std::string &pairs = "halves") {
    return op("rope " + x.name + " by " + table.name + " heads " + std::to_string(heads) + " " +
                  pairs + " : " + x.type() + ", " + table.type(),
              x);
  }
  TextValue takeRows(const TextValue &x) {
    return op("take_rows " + x.name + " at %rows : (" + x.type() + ", tensor<?xi32>) -> ", x, true);
  }
  TextValue columns(const TextValue &x, int64_t begin, int64_t count) {
    return op("columns " + x.name + " from " + std::to_string(begin) + " : (" + x.type() + ") -> ",
              {"", count, x.rows}, true);
  }
  TextValue linear(const TextValue &x, const TextValue &w) {
    return op("linear " + x.name + ", " + w.name + " : (" + x.type() + ", " + w.type() + ") -> ",
              {"", w.rows, x.rows}, true);
  }
  TextValue binary(const std::string &name, const TextValue &a, const TextValue &b) {
    return op(name + " " + a.name + ", " + b.name + " : " + a.type() + ", " + b.type(), a);
  }
  TextValue add(const TextValue &a, const TextValue &b) { return binary("add", a, b); }
  TextValue mul(const TextValue &a, const TextValue &b) { return binary("mul", a, b); }
  TextValue unary(const std::string &name, const TextValue &x) {
    return op(name + " " + x.name + " : " + x.type(), x);
  }
  TextValue rmsNorm(const TextValue &x, const TextValue &w) {
    return op("rms_norm " + x.name + ", " + w.name + " epsilon 1.0e-5 : " + x.type() + ", " +
                  w.type(),
              x);
  }
  TextValue layerNorm(const TextValue &x, const TextValue &w, const TextValue &b) {
    return op("layer_norm " + x.name + ", " + w.name + ", " + b.name +
                  " epsilon 1.0e-5 : " + x.type() + ", " + w.type() + ", " + b.type(),
              x);
  }
  /// Appends keys and values to a new state and attends to it.
  TextValue attention(const std::string &state, const TextValue &q, const TextValue &k,
                      const TextValue &v, int64_t heads, int64_t kvHeads,
                      const std::string &element = "f32", int64_t window = 0) {
    std::string kv = "!weft.kv<heads = " + std::to_string(kvHeads) +
                     ", head_dim = " + std::to_string(k.columns / kvHeads) +
                     ", element = " + element + ">";
    declarations += "weft.state @" + state + " : " + kv + "\n";
    std::string before = fresh(), after = fresh(), indices = ", tensor<?xi32>, tensor<?xi32>";
    body += "  " + before + " = weft.recall @" + state + " : " + kv + "\n";
    body += "  " + after + " = weft.append " + k.name + ", " + v.name + " to " + before +
            " at %positions, %sequences : " + k.type() + ", " + v.type() + ", " + kv + indices +
            "\n";
    return op("attend " + q.name + " in " + after + " at %positions, %sequences heads " +
                  std::to_string(heads) + " scale 0.4" +
                  (window ? " window " + std::to_string(window) : "") + " : " + q.type() + ", " +
                  kv + indices,
              q);
  }

  std::string finish(const std::vector<TextValue> &results) const {
    std::string names, types;
    for (const TextValue &result : results) {
      names += (names.empty() ? "" : ", ") + result.name;
      types += (types.empty() ? "" : ", ") + result.type();
    }
    return declarations +
           "func.func @forward(%tokens: tensor<?xi32>, %positions: tensor<?xi32>, "
           "%sequences: tensor<?xi32>, %rows: tensor<?xi32> {weft.rows}) -> (" +
           types + ") {\n" + body + "  return " + names + " : " + types + "\n}\n";
  }
  void writeWeights(const std::string &path) const {
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char *>(weights.data()), weights.size() * sizeof(float));
  }

private:
  std::string fresh() { return "%" + std::to_string(count++); }

  TextValue op(const std::string &text, TextValue result, bool typed = false) {
    result.name = fresh();
    body += "  " + result.name + " = weft." + text + (typed ? result.type() : "") + "\n";
    return result;
  }
  void declare(const std::string &name, const std::string &rest) {
    declarations += "weft.parameter @" + name + " : " + rest + "\n";
  }
  TextValue weight(const std::string &name, TextValue value) {
    value.name = fresh();
    body += "  " + value.name + " = weft.weight @" + name + " : " + value.type() + "\n";
    return value;
  }
  /// Returns the source attribute of the weight that is appended next.
  std::string source(const std::string &name, const std::string &type) const {
    return " from [#weft.source<tensor = \"" + name +
           "\", file = \"weights\", offset = " + std::to_string(weights.size() * sizeof(float)) +
           ", type = " + type + ">]";
  }
  TextValue parameter(const std::string &name, int64_t rows, int64_t columns,
                      const std::string &element = "f32") {
    TextValue value{"", columns, rows, element};
    declare(name, value.type() + source(name, value.sized("f32")));
    std::normal_distribution<float> normal(0, 0.5f);
    for (int64_t i = 0; i < (rows ? rows : 1) * columns; ++i)
      weights.push_back(normal(random));
    return weight(name, value);
  }

  std::mt19937 random;
  std::string declarations, body;
  std::vector<float> weights;
  int count = 0;
};

} // namespace weft::conformance
