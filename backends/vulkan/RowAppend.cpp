// Remembering keys and values.

#include "backends/vulkan/RowShader.h"

using namespace mlir;

namespace weft::vulkan {

/// The state that is appended to, through earlier appends.
static Value stateOf(AppendOp op) {
  Value state = op.getState();
  while (auto earlier = state.getDefiningOp<AppendOp>())
    state = earlier.getState();
  return state;
}

void RowShader::append(AppendOp op) {
  KvPages pages = kvPagesOf(op.getState().getType());
  text.open("");
  text.line("uint position = uint(" + integer(op.getPositions(), "row") + "), sequence = uint(" +
            integer(op.getSequences(), "row") + ");");
  text.line("uint inPage = position % 64u, inTile = position % 16u;");
  if (pages.storage.isBlock())
    appendBlocks(op);
  else
    appendDense(op);
  text.close();
}

void RowShader::appendDense(AppendOp op) {
  KvPages pages = kvPagesOf(op.getState().getType());
  unsigned state = text.bindingOf(stateOf(op));
  int64_t bytes = pages.elementBytes;
  openColumns(pages.heads * pages.headDim);
  text.line("uint head = c / " + number(pages.headDim) + ", d = c % " + number(pages.headDim) +
            ";");
  text.line("uint base = ((sequence * " + number(pages.heads) +
            " + head) * (context / 64u) + position / 64u) * " + number(pages.pageBytes / bytes) +
            ";");
  text.line("uint key = base + inPage / 16u * " + number(pages.tileBytes / bytes) +
            " + d * 16u + inTile;");
  text.line("uint value = base + " + number(pages.valuesBegin / bytes) + " + inPage * " +
            number(pages.headDim) + " + d;");
  text.line(type + " k = " + at(op.getKeys(), "row", "c") +
            ", v = " + at(op.getValues(), "row", "c") + ";");
  for (int i = 0; i < (fours ? 4 : 1); ++i) {
    std::string part = fours ? "[" + std::to_string(i) + "]" : "";
    auto store = [&](const std::string &place, const std::string &x) {
      if (pages.storage.scalar == Scalar::F32)
        text.line(text.storeWord(state, place, "floatBitsToUint(" + x + ")"));
      else
        text.line(text.storeHalf(state, place,
                                 pages.storage.scalar == Scalar::F16
                                     ? "packHalf2x16(vec2(" + x + ", 0.0))"
                                     : "roundToBF16(" + x + ")"));
    };
    store("key + " + number(16 * i), "k" + part);
    store("value + " + number(i), "v" + part);
  }
  text.close();
}

void RowShader::appendBlocks(AppendOp op) {
  KvPages pages = kvPagesOf(op.getState().getType());
  unsigned state = text.bindingOf(stateOf(op));
  int64_t block = pages.storage.block, dim = pages.headDim;
  // An invocation takes a block of a head, of the keys or of the values.
  text.open("for (uint n = lane; n < " + number(2 * pages.heads * pages.blocks) + "; n += lanes)");
  text.line("uint b = n / 2u % " + number(pages.blocks) + ", head = n / 2u / " +
            number(pages.blocks) + ", first = head * " + number(dim) + " + b * " + number(block) +
            ";");
  text.line("bool isKey = n % 2u == 0u;");
  text.line("uint base = ((sequence * " + number(pages.heads) +
            " + head) * (context / 64u) + position / 64u) * " + number(pages.pageBytes / 2) +
            ";"); // in units of 2 bytes
  text.line("float x[" + std::to_string(block) + "], most = 0.0;");
  text.open("for (uint i = 0u; i < " + number(block) + "; ++i)");
  text.line("x[i] = 0.0;");
  std::string column = fours ? "(first + i) & ~3u" : "first + i";
  std::string pick = fours ? "[(first + i) & 3u]" : "";
  text.line("if (b * " + number(block) + " + i < " + number(dim) + ") x[i] = isKey ? " +
            at(op.getKeys(), "row", column) + pick + " : " + at(op.getValues(), "row", column) +
            pick + ";");
  text.line("most = max(most, abs(x[i]));");
  text.close();
  bool half = pages.storage.scalar == Scalar::F16;
  text.line(half ? "uint rounded = packHalf2x16(vec2(most / 127.0, 0.0));"
                 : "uint rounded = roundToBF16(most / 127.0);");
  text.line(half ? "float scale = unpackHalf2x16(rounded).x;"
                 : "float scale = uintBitsToFloat(rounded << 16);");
  text.line(text.storeHalf(state,
                           "isKey ? base + inPage / 16u * " + number(pages.tileBytes / 2) + " + " +
                               number(pages.keysBytes / 2) + " + b * 16u + inTile : base + " +
                               number((pages.valuesBegin + 64 * dim) / 2) + " + b * 64u + inPage",
                           "rounded"));
  text.open("for (uint i = 0u; i < " + number(block) + "; i += 2u)");
  text.line("uint d = b * " + number(block) + " + i;");
  text.line("if (d >= " + number(dim) + ") break;");
  auto code = [&](const char *i) {
    return std::string("(scale == 0.0 ? 0u : uint(int(clamp(roundEven(x[") + i +
           "] / scale), -127.0, 127.0))) & 255u)";
  };
  text.line("uint codes = " + code("i") + " | (d + 1u < " + number(dim) + " ? " + code("i + 1u") +
            " << 8 : 0u);");
  // Bytes of a word belong to one position, two bytes of a pair to one of this loop.
  text.open("if (isKey)");
  text.line(text.storeHalf(state,
                           "base + inPage / 16u * " + number(pages.tileBytes / 2) +
                               " + d / 4u * 32u + inTile * 2u + (d % 4u) / 2u",
                           "codes"));
  text.close();
  text.open("else");
  std::string value =
      "base * 2u + " + number(pages.valuesBegin) + " + inPage * " + number(dim) + " + d";
  if (dim % 2 == 0) {
    text.line(text.storeHalf(state, "(" + value + ") / 2u", "codes"));
  } else {
    text.line(text.storeByte(state, value, "codes & 255u"));
    text.line("if (d + 1u < " + number(dim) + ") " +
              text.storeByte(state, value + " + 1u", "codes >> 8"));
  }
  text.close();
  text.close();
  text.close();
}

} // namespace weft::vulkan
