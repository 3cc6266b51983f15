#include "backends/vulkan/TableText.h"

using namespace mlir;

namespace weft::vulkan {

Expr levelOf(const Storage &storage, const llvm::Twine &code) {
  std::string index = "(" + code.str() + ")";
  uint32_t words[4] = {};
  for (unsigned i = 0; i < 16; ++i)
    words[i / 4] |= uint32_t(uint8_t(storage.levels[i])) << (i % 4 * 8);
  std::string word = "(" + index + " < 8u ? " + index + " < 4u ? " + number(words[0]) + " : " +
                     number(words[1]) + " : " + index + " < 12u ? " + number(words[2]) + " : " +
                     number(words[3]) + ")";
  return "bitfieldExtract(int(" + word + "), int((" + index + " & 3u) << 3), 8)";
}

namespace {

/// The body of the function, by format. Places are in bytes unless they are elements.
class TableReader {
public:
  TableReader(ShaderText &text, Value table)
      : text(text), binding(text.bindingOf(table)), type(cast<RankedTensorType>(table.getType())),
        storage(storageOf(type)), columns(type.getDimSize(1)) {
    tiled = storage.arrangement.kind == Arrangement::Kind::Tiled;
    rows = tiled ? storage.arrangement.rows : 1;
    depth = tiled ? storage.arrangement.depth : 1;
  }

  std::string body() {
    if (storage.hasSuperBlocks())
      return superBlock();
    return storage.isBlock() ? block() : dense();
  }

private:
  std::string dense() {
    if (!tiled)
      return "return " +
             text.scalar(storage.scalar, binding, "row * " + number(columns) + " + column") + ";";
    int64_t steps = llvm::divideCeil(columns, depth);
    std::string place =
        "((row / R * " + number(steps) + " + column / D) * R + row % R) * D + column % D";
    return constants() + "return " + text.scalar(storage.scalar, binding, place) + ";";
  }

  /// Names for what the arrangement says.
  std::string constants() const {
    return "const uint R = " + number(rows) + ", D = " + number(depth) + "; ";
  }

  /// The signed value of code `i` of a block whose codes begin at byte `codes`.
  std::string codeValue() {
    int64_t half = storage.block / 2, quarter = storage.block / 4;
    auto byteOf = [&](const std::string &byte) {
      return text.byte(binding, "codes + (" + byte + ") / D * (R * D) + (" + byte + ") % D");
    };
    if (storage.bits == 8) {
      std::string code = byteOf("i");
      return storage.bias ? "int code = int(" + code + ") - " + std::to_string(storage.bias) + "; "
                          : "int code = signedByte(" + code + ", 0); ";
    }
    std::string result = "uint c = (" + byteOf("i % " + number(half)) + " >> (i / " + number(half) +
                         " * 4u)) & 15u; ";
    if (storage.bits == 6)
      result += "c |= ((" + byteOf("i % " + number(quarter) + " + " + number(half)) + " >> (i / " +
                number(quarter) + " * 2u)) & 3u) << 4; ";
    if (storage.hasLevels())
      return result + "int code = " + levelOf(storage, "c") + "; ";
    if (storage.bias == 0 && !storage.mins)
      return result + "int code = bitfieldExtract(int(c), 0, " + std::to_string(storage.bits) +
             "); ";
    return result + "int code = int(c) - " + std::to_string(storage.bias) + "; ";
  }

  std::string block() {
    int64_t scale = bitsOf(storage.scalar) / 8, code = storage.block * storage.bits / 8;
    int64_t blocks = storage.blocksPerRow(columns), together = tiled ? storage.blocksTogether() : 1;
    std::string s = constants() + "uint b = column / " + number(storage.block) + ", i = column % " +
                    number(storage.block) + ", tile = row / R * " +
                    number(rows * blocks * (code + scale)) + ", r = row % R; ";
    if (tiled)
      s += "uint first = b - b % " + number(together) + ", here = min(" + number(together) + ", " +
           number(blocks) + " - first), group = tile + first * " + number(rows * (code + scale)) +
           "; uint scaleAt = group + ((b - first) * R + r) * " + number(scale) +
           ", codes = group + here * " + number(rows * scale) + " + (b - first) * " +
           number(rows * code) + " + r * D; ";
    else
      s += "uint scaleAt = tile + b * " + number(code + scale) + ", codes = scaleAt + " +
           number(scale) + "; ";
    std::string scaleText =
        storage.scalar == Scalar::F8
            ? "floatsOf8(" + text.byte(binding, "scaleAt") + ").x"
            : text.scalar(storage.scalar, binding, "scaleAt / " + number(scale));
    std::string unit = storage.hasLevels() ? " * 0.0078125" : "";
    return s + codeValue() + "return float(code) * (" + scaleText + unit + ");";
  }

  std::string superBlock() {
    SuperTile tile(storage);
    int64_t supers = storage.blocksPerRow(columns) / storage.super;
    auto subScale = [&](int64_t begin) {
      std::string byte = text.byte(binding, "base + inSuper * R + r + " + number(begin));
      return storage.mins ? "float(" + byte + ")" : "float(signedByte(" + byte + ", 0))";
    };
    auto half = [&](int64_t begin) {
      return text.scalar(Scalar::F16, binding, "base / 2u + r + " + number(begin / 2));
    };
    std::string s = constants() + "uint b = column / " + number(storage.block) + ", i = column % " +
                    number(storage.block) + ", inSuper = b % " + number(storage.super) +
                    ", r = row % R, base = (row / R * " + number(supers) + " + b / " +
                    number(storage.super) + ") * " + number(tile.bytes) + "; uint codes = base + " +
                    number(tile.codes) + " + inSuper * " + number(tile.blockCodes) + " + r * D; ";
    s += codeValue() + "precise float value = (" + half(0) + " * " + subScale(tile.scales) +
         ") * float(code); ";
    if (storage.mins)
      s += "precise float least = " + half(tile.minScales) + " * " + subScale(tile.mins) +
           "; precise float result = value - least; return result;";
    else
      s += "return value;";
    return s;
  }

  ShaderText &text;
  unsigned binding;
  RankedTensorType type;
  Storage storage;
  int64_t columns, rows = 1, depth = 1;
  bool tiled = false;
};

} // namespace

FailureOr<std::string> declareTable(ShaderText &text, Value table) {
  auto type = cast<RankedTensorType>(table.getType());
  if (bytesOf(type) > int64_t(UINT32_MAX) * (storageOf(type).isBlock() ? 1 : 2)) {
    emitError(table.getLoc(),
              "the Vulkan backend reads tables of embeddings of at most 4 GiB, found ")
        << type;
    return failure();
  }
  std::string name = text.fresh("table");
  text.declare("float " + name + "(uint row, uint column) { " + TableReader(text, table).body() +
               " }");
  return name;
}

} // namespace weft::vulkan
