#include "backends/vulkan/DenseWeights.h"

using namespace mlir;

namespace weft::vulkan {

static std::string inputName(int64_t token, int64_t column) {
  return "x" + std::to_string(token) + "_" + std::to_string(column);
}

void DenseWeights::multiply(ArrayRef<std::string> tiles, ArrayRef<std::string> sums) {
  int64_t whole = depth / round * round;
  if (whole) {
    text.open("for (uint k = slice * " + number(round) + "; k < " + number(whole) +
              "; k += slices * " + number(round) + ")");
    columns(tiles, sums, round);
    text.close();
  }
  if (whole != depth) {
    text.open("if (slice == 0u)");
    text.line("const uint k = " + number(whole) + ";");
    columns(tiles, sums, depth - whole);
    text.close();
  }
}

void DenseWeights::columns(ArrayRef<std::string> tiles, ArrayRef<std::string> sums, int64_t count) {
  for (int64_t token = 0; token < tokens; ++token)
    readInput(token, count);
  for (auto [tile, name] : llvm::enumerate(tiles))
    for (int64_t column = 0; column < count; ++column) {
      text.open("");
      readRows(name, column);
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t token = 0; token < tokens; ++token)
          text.line(sumOf(sums, tile, row, token) + " += w" + std::to_string(row) + " * " +
                    inputName(token, column) + ";");
      text.close();
    }
}

void DenseWeights::readInput(int64_t token, int64_t count) {
  std::string place = "min(first + " + number(token) + ", last) * " + number(inputColumns) + " + " +
                      number(inputBegin) + " + k";
  bool quads = inputColumns % 4 == 0 && inputBegin % 4 == 0;
  std::string quad = "q" + std::to_string(token);
  for (int64_t column = 0; column < count; ++column) {
    if (quads && column % 4 == 0)
      text.line("vec4 " + quad + "_" + std::to_string(column / 4) + " = uintBitsToFloat(" +
                text.quad(input, "(" + place + ") / 4u + " + number(column / 4)) + ");");
    text.line(
        "float " + inputName(token, column) + " = " +
        (quads ? quad + "_" + std::to_string(column / 4) + "[" + std::to_string(column % 4) + "]"
               : text.real(input, place + " + " + number(column))) +
        ";");
  }
}

void DenseWeights::readRows(const std::string &tile, int64_t column) {
  bool wide = storage.scalar == Scalar::F32;
  std::string place = "(" + tile + " * " + number(depth) + " + k + " + number(column) + ") * " +
                      number(wide ? 4 : 2);
  int64_t lanes = tileRows / rows;
  std::string own =
      wide ? (lanes == 4 ? "quarter" : "quarter * 2u") : (lanes == 4 ? "quarter / 2u" : "quarter");
  for (int64_t part = 0; part < (wide ? rows / 4 : 1); ++part)
    text.line("uvec4 p" + std::to_string(part) + " = " +
              text.quad(weight, place + " + " + own + " + " + number(part)) + ";");
  if (!wide && rows == 4)
    // Half of the quad is the neighbour's.
    text.line("p0.xy = (quarter & 1u) == 0u ? p0.xy : p0.zw;");
  for (int64_t row = 0; row < rows; ++row) {
    std::string value;
    if (wide) {
      value = "uintBitsToFloat(p" + std::to_string(row / 4) + "[" + std::to_string(row % 4) + "])";
    } else {
      std::string word = "p0[" + std::to_string(row / 2) + "]";
      value = storage.scalar == Scalar::F16
                  ? "unpackHalf2x16(" + word + ")." + (row % 2 ? "y" : "x")
              : row % 2 ? "uintBitsToFloat(" + word + " & 0xffff0000u)"
                        : "uintBitsToFloat(" + word + " << 16)";
    }
    text.line("float w" + std::to_string(row) + " = " + value + ";");
  }
}

} // namespace weft::vulkan
