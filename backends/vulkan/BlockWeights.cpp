#include "backends/vulkan/BlockWeights.h"

#include "backends/vulkan/TableText.h"

using namespace mlir;

namespace weft::vulkan {

static std::string named(const char *stem, int64_t a) { return stem + std::to_string(a); }
static std::string named(const char *stem, int64_t a, int64_t b) {
  return stem + std::to_string(a) + "_" + std::to_string(b);
}

BlockWeights::BlockWeights(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens)
    : WeightText(text, linear, rows, tokens), blocks(storage.blocksPerRow(depth)),
      words(storage.block / 4), quads(storage.block * storage.bits / 8 / 4) {
  assert(rows == 4 && "a quad has four rows of blocks");
}

void BlockWeights::multiply(ArrayRef<std::string> tiles, ArrayRef<std::string> sums) {
  text.open("for (uint b = slice; b < " + number(blocks) + "; b += slices)");
  for (int64_t token = 0; token < tokens; ++token)
    readInput(token);
  for (auto [tile, name] : llvm::enumerate(tiles)) {
    text.open("");
    multiplyTile(tile, name, sums);
    text.close();
  }
  text.close();
}

void BlockWeights::readInput(int64_t token) {
  // [codes | scales | sums]: Storage.h, Split.
  int64_t block = storage.block, rowWords = blocks * (block + 8) / 4;
  std::string t = std::to_string(token), base = "xb" + t;
  text.line("uint " + base + " = min(first + " + number(token) + ", last) * " + number(rowWords) +
            ";");
  bool aligned = rowWords % 4 == 0;
  for (int64_t i = 0; i < words; i += 4) {
    std::string place = base + " + b * " + number(words) + " + " + number(i);
    std::string quad = named("xq", token, i / 4);
    text.line("uvec4 " + quad + " = " +
              (aligned
                   ? text.quad(input, "(" + place + ") / 4u")
                   : "uvec4(" + text.word(input, place) + ", " + text.word(input, place + " + 1u") +
                         ", " + text.word(input, place + " + 2u") + ", " +
                         text.word(input, place + " + 3u") + ")") +
              ";");
    for (int64_t j = i; j < std::min(i + 4, words); ++j)
      text.line("uint " + named("xw", token, j) + " = " + quad + "[" + std::to_string(j - i) +
                "];");
  }
  text.line("#ifndef INTEGER_DOT");
  for (int64_t i = 0; i < block; ++i)
    text.line("int " + named("x", token, i) + " = signedByte(" + named("xw", token, i / 4) + ", " +
              std::to_string(i % 4) + ");");
  text.line("#endif");
  std::string scale = base + " + " + number(blocks * words) + " + b";
  text.line("float xs" + t + " = uintBitsToFloat(" + text.streamWord(input, scale) + ");");
  if (needsInputSums())
    text.line("int xn" + t + " = int(" + text.streamWord(input, scale + " + " + number(blocks)) +
              ") / -128;");
}

void BlockWeights::placePlain(const std::string &tile) {
  // Groups of `together` blocks, scales before codes.
  int64_t scale = bitsOf(storage.scalar) / 8, together = storage.blocksTogether();
  int64_t scaleQuads = scale, codeQuads = 4 * quads, blockQuads = scaleQuads + codeQuads;
  text.line("uint g = b - b % " + number(together) + ", here = min(" + number(together) + ", " +
            number(blocks) + " - g), base = " + tile + " * " + number(blocks * blockQuads) +
            " + g * " + number(blockQuads) + ";");
  text.line("uint codes = base + here * " + number(scaleQuads) + " + (b - g) * " +
            number(codeQuads) + " + quarter;");
  std::string at = "base + (b - g) * " + number(scaleQuads);
  switch (storage.scalar) {
  case Scalar::F32:
    text.line("vec4 s = uintBitsToFloat(" + text.quad(weight, at + " + quarter") + ");");
    break;
  case Scalar::F8:
    text.line("vec4 s = floatsOf8(" + text.quad(weight, at) + "[quarter]);");
    break;
  case Scalar::F16:
  case Scalar::BF16:
    text.line("uvec4 sq = " + text.quad(weight, at + " + quarter / 2u") + ";");
    text.line("uvec2 sh = (quarter & 1u) == 0u ? sq.xy : sq.zw;");
    text.line(storage.scalar == Scalar::F16
                  ? "vec4 s = vec4(unpackHalf2x16(sh.x), unpackHalf2x16(sh.y));"
                  : "vec4 s = uintBitsToFloat(uvec4(sh.x << 16, sh.x & 0xffff0000u, sh.y << 16, "
                    "sh.y & 0xffff0000u));");
    break;
  }
  if (storage.hasLevels())
    text.line("s *= 0.0078125;");
}

void BlockWeights::placeSuper(const std::string &tile) {
  SuperTile super(storage);
  text.line("uint inSuper = b % " + number(storage.super) + ", base = (" + tile + " * " +
            number(blocks / storage.super) + " + b / " + number(storage.super) + ") * " +
            number(super.bytes / 16) + ";");
  text.line("uint codes = base + " + number(super.codes / 16) + " + inSuper * " +
            number(super.blockCodes / 16) + " + quarter;");
  auto read = [&](const std::string &name, int64_t halves, int64_t bytes) {
    text.line("uvec4 " + name + "q = " +
              text.quad(weight, "base + " + number(halves / 16) + " + quarter / 2u") + ";");
    text.line("uvec2 " + name + "h = (quarter & 1u) == 0u ? " + name + "q.xy : " + name + "q.zw;");
    text.line("uint " + name + "b = " +
              text.quad(weight, "base + " + number(bytes / 16) + " + inSuper") + "[quarter];");
    std::string sub = name + "b";
    std::string four = storage.mins
                           ? "vec4(" + sub + " & 255u, (" + sub + " >> 8) & 255u, (" + sub +
                                 " >> 16) & 255u, " + sub + " >> 24)"
                           : "vec4(signedByte(" + sub + ", 0), signedByte(" + sub +
                                 ", 1), signedByte(" + sub + ", 2), signedByte(" + sub + ", 3))";
    text.line("vec4 " + name + " = vec4(unpackHalf2x16(" + name + "h.x), unpackHalf2x16(" + name +
              "h.y)) * " + four + ";");
  };
  read("s", 0, super.scales);
  if (storage.mins)
    read("m", super.minScales, super.mins);
}

/// Word `word` of the input goes with the codes k = 4 word .. 4 word + 3: in 4 bits, of the low
/// halves of bytes for the first half of a block, else of the high ones.
void BlockWeights::unpack(int64_t row, int64_t word) {
  auto quad = [&](int64_t i) { return named("p", i) + "[" + std::to_string(row) + "]"; };
  const char *bytes = "int c0 = int(c & 255u), c1 = int((c >> 8) & 255u), c2 = int((c >> 16) & "
                      "255u), c3 = int(c >> 24);";
  if (storage.bits == 8) {
    text.line("uint c = " + quad(word) + ";");
    text.line(storage.bias ? "#ifdef INTEGER_DOT" : "#ifndef INTEGER_DOT");
    text.line("c ^= 0x80808080u;");
    text.line("#endif");
    text.line("#ifndef INTEGER_DOT");
    text.line(bytes);
    text.line("#endif");
    return;
  }
  int64_t half = words / 2;
  std::string nibbles =
      "((" + quad(word % half) + (word < half ? "" : " >> 4") + ") & 0x0f0f0f0fu)";
  if (storage.bits == 6)
    nibbles += " | (((" + quad(half) + " >> " + std::to_string(2 * word) + ") & 0x03030303u) << 4)";
  text.line("uint c = " + nibbles + ";");
  if (storage.hasLevels()) {
    for (int64_t j = 0; j < 4; ++j)
      text.line(named("int c", j) + " = " +
                levelOf(storage, "(c >> " + std::to_string(8 * j) + ") & 15u") + ";");
    text.line("#ifdef INTEGER_DOT");
    text.line("c = uint(c0 & 255) | uint(c1 & 255) << 8 | uint(c2 & 255) << 16 | uint(c3) << 24;");
    text.line("#endif");
    return;
  }
  text.line("#ifndef INTEGER_DOT");
  text.line(bytes);
  text.line("#endif");
}

/// Sums begin at what `bias` in all codes makes of them.
void BlockWeights::beginSums(int64_t bias) {
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t token = 0; token < tokens; ++token)
      text.line(named("int n", row, token) + " = " +
                (bias ? "xn" + std::to_string(token) + " * " + std::to_string(-bias) : "0") + ";");
}

void BlockWeights::multiplyTile(int64_t tile, const std::string &name, ArrayRef<std::string> sums) {
  if (storage.hasSuperBlocks())
    placeSuper(name);
  else
    placePlain(name);
  for (int64_t i = 0; i < quads; ++i)
    text.line(named("uvec4 p", i) + " = " + text.quad(weight, "codes + " + number(4 * i)) + ";");
  text.line("#ifdef INTEGER_DOT");
  beginSums(storage.bits == 8 && storage.bias ? storage.bias - 128 : storage.bias);
  text.line("#else");
  beginSums(storage.bits == 8 && !storage.bias ? 128 : storage.bias);
  text.line("#endif");
  // Rows take turns, so that none of the sums waits for itself.
  for (int64_t word = 0; word < words; ++word)
    for (int64_t row = 0; row < rows; ++row) {
      text.open("");
      unpack(row, word);
      for (int64_t token = 0; token < tokens; ++token) {
        auto product = [&](int64_t j) {
          return named("c", j) + " * " + named("x", token, 4 * word + j);
        };
        std::string sum = named("n", row, token);
        text.line("#ifdef INTEGER_DOT");
        text.line(sum + " += packedDot(c, " + named("xw", token, word) + ", 0);");
        text.line("#else");
        text.line(sum + " += (" + product(0) + " + " + product(1) + ") + (" + product(2) + " + " +
                  product(3) + ");");
        text.line("#endif");
      }
      text.close();
    }
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t token = 0; token < tokens; ++token) {
      std::string t = std::to_string(token), index = "[" + std::to_string(row) + "]";
      std::string scaled = "float(" + named("n", row, token) + ") * (s" + index + " * xs" + t + ")";
      if (storage.mins)
        scaled += " - float(xn" + t + ") * (m" + index + " * xs" + t + ")";
      text.line(sumOf(sums, tile, row, token) + " += " + scaled + ";");
    }
}

} // namespace weft::vulkan
