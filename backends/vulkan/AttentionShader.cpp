#include "backends/vulkan/AttentionShader.h"

using namespace mlir;

namespace weft::vulkan {

constexpr int64_t teamSize = 8;

/// GLSL for element `e` as a float, of which `word` is the uint: of two halves the one of its
/// parity.
static std::string elementOfWord(Scalar scalar, const std::string &word, int64_t e) {
  if (scalar == Scalar::F32)
    return "uintBitsToFloat(" + word + ")";
  if (scalar == Scalar::F16)
    return "unpackHalf2x16(" + word + ")." + (e % 2 ? "y" : "x");
  return e % 2 ? "uintBitsToFloat(" + word + " & 0xffff0000u)"
               : "uintBitsToFloat(" + word + " << 16)";
}

AttentionShader::AttentionShader(ShaderText &text, func::FuncOp kernel)
    : text(text), kernel(kernel), attend(*kernel.getOps<AttendOp>().begin()),
      pages(kvPagesOf(attend.getState().getType())), state(text.bindingOf(attend.getState())),
      heads(attend.getHeads()), headDim(pages.headDim) {
  each = 16 / (pages.storage.isBlock() ? 4 : pages.elementBytes);
  perQuad = 16 / pages.elementBytes;
  quads = llvm::divideCeil(headDim, teamSize * perQuad);
}

schema::Grid AttentionShader::grid() {
  bool overRows = rowSymbolOf(attend.getResult()) == RowSymbol::Rows;
  return schema::Grid(heads, 1, overRows ? schema::Symbol::Rows : schema::Symbol::Tokens);
}

LogicalResult AttentionShader::generate() {
  declareExchange();
  bool overRows = rowSymbolOf(attend.getResult()) == RowSymbol::Rows;
  text.line("uint group = workgroup(), row = group / " + number(heads) + ", head = group % " +
            number(heads) + ";");
  text.line(llvm::Twine("if (row >= ") + (overRows ? "rows" : "tokens") + ") return;");
  text.line("uint member = lane % 8u, team = lane / 8u, teams = lanes / 8u;");
  text.line("uint position = " + text.word(text.bindingOf(attend.getPositions()), "row") +
            ", sequence = " + text.word(text.bindingOf(attend.getSequences()), "row") + ";");
  text.line("uint firstPage = (sequence * " + number(pages.heads) + " + head / " +
            number(heads / pages.heads) + ") * (context / 64u);");
  readQuery();
  text.line("float largest = -1e30, sum = 0.0;");
  for (int64_t i = 0; i < quads * perQuad; ++i)
    text.line("float o" + std::to_string(i) + " = 0.0;");
  int64_t chunk = teamSize * each;
  // Teams go round together: they exchange numbers.
  std::string oldest = "0u";
  if (attend.getWindow())
    oldest = "(position >= " + number(*attend.getWindow()) + " ? position - " +
             number(*attend.getWindow() - 1) + " : 0u)";
  text.line("const uint oldest = " + oldest + ";");
  text.open("for (uint round = oldest / " + number(chunk) + "; round * " + number(chunk) +
            " <= position; round += teams)");
  text.line("uint begin = (round + team) * " + number(chunk) + ";");
  text.line("bool mine = begin <= position;");
  text.line("begin = mine ? begin : 0u;");
  text.line("uint own = begin + member * " + number(each) + ", inPage = own % 64u;");
  // Words are counted, which reach further than bytes in 32 bits.
  text.line("uint base = (firstPage + begin / 64u) * " + number(pages.pageBytes / 4) + ";");
  text.line("float p[" + std::to_string(each) + "];");
  if (pages.storage.isBlock())
    scoreBlocks();
  else
    scoreDense();
  softmax();
  addValues();
  text.close();
  finish();
  return success();
}

/// x of member `from` of the own team, the same one for all; the largest and the sum of a team.
void AttentionShader::declareExchange() {
  text.declare(
      "#ifdef SUBGROUPS\n"
      "float ofMember(float x, uint from) { return subgroupShuffle(x, (lane & ~7u) + from); }\n"
      "float mostOfTeam(float x) {\n"
      "  for (uint i = 1u; i < 8u; i *= 2u) x = max(x, subgroupShuffleXor(x, i));\n  return x;\n}\n"
      "float sumOfTeam(float x) {\n"
      "  for (uint i = 1u; i < 8u; i *= 2u) x += subgroupShuffleXor(x, i);\n  return x;\n}\n"
      "#else\n"
      "shared float exchanged[128];\n"
      "float ofMember(float x, uint from) {\n"
      "  exchanged[lane] = x; barrier(); float y = exchanged[(lane & ~7u) + from]; barrier(); "
      "return y;\n}\n"
      "float mostOfTeam(float x) {\n"
      "  for (uint i = 1u; i < 8u; i *= 2u) x = max(x, ofMember(x, (lane & 7u) ^ i));\n  return "
      "x;\n}\n"
      "float sumOfTeam(float x) {\n"
      "  for (uint i = 1u; i < 8u; i *= 2u) x += ofMember(x, (lane & 7u) ^ i);\n  return x;\n}\n"
      "#endif");
}

void AttentionShader::readQuery() {
  auto queries = attend.getQueries();
  int64_t begin = 0;
  Value argument = queries;
  while (auto columns = argument.getDefiningOp<ColumnsOp>()) {
    begin += columns.getBegin();
    argument = columns.getInput();
  }
  int64_t columns = cast<RankedTensorType>(argument.getType()).getDimSize(1);
  unsigned binding = text.bindingOf(argument);
  std::string place =
      "row * " + number(columns) + " + " + number(begin) + " + head * " + number(headDim);
  bool byQuads = columns % 4 == 0 && begin % 4 == 0 && headDim % 4 == 0;
  for (int64_t d = 0; d < headDim; ++d) {
    if (byQuads && d % 4 == 0)
      text.line("vec4 qq" + std::to_string(d / 4) + " = uintBitsToFloat(" +
                text.quad(binding, "(" + place + ") / 4u + " + number(d / 4)) + ");");
    text.line("float q" + std::to_string(d) + " = " +
              (byQuads ? "qq" + std::to_string(d / 4) + "[" + std::to_string(d % 4) + "]"
                       : text.real(binding, place + " + " + number(d))) +
              ";");
  }
  if (pages.storage.isBlock())
    quantizeQuery();
}

/// Rounds the query to blocks of bytes: integers i0, ... and a scale qs0 for each block.
void AttentionShader::quantizeQuery() {
  int64_t block = pages.storage.block;
  for (int64_t b = 0; b < pages.blocks; ++b) {
    std::string s = "qs" + std::to_string(b), most = "0.0";
    text.line("float " + s + " = 0.0;");
    for (int64_t d = b * block; d < std::min(headDim, (b + 1) * block); ++d)
      text.line(s + " = max(" + s + ", abs(q" + std::to_string(d) + "));");
    text.line(s + " /= 127.0;");
    for (int64_t d = b * block; d < std::min(headDim, (b + 1) * block); ++d)
      text.line("int i" + std::to_string(d) + " = " + s + " == 0.0 ? 0 : int(roundEven(q" +
                std::to_string(d) + " / " + s + "));");
  }
}

void AttentionShader::scoreDense() {
  for (int64_t e = 0; e < each; ++e)
    text.line("float s" + std::to_string(e) + " = 0.0;");
  // The quad of element d stands elementBytes quads behind that of d - 1.
  text.line("uint keys = base / 4u + inPage / 16u * " + number(pages.tileBytes / 16) +
            " + inPage % 16u / " + number(each) + ";");
  for (int64_t d = 0; d < headDim; ++d) {
    std::string q = " * q" + std::to_string(d) + ";";
    text.open("");
    text.line("uvec4 k = " + text.quad(state, "keys + " + number(d * pages.elementBytes)) + ";");
    for (int64_t e = 0; e < each; ++e) {
      std::string word = "k[" + std::to_string(pages.elementBytes == 4 ? e : e / 2) + "]";
      text.line("s" + std::to_string(e) + " += " + elementOfWord(pages.storage.scalar, word, e) +
                q);
    }
    text.close();
  }
  for (int64_t e = 0; e < each; ++e)
    text.line("p[" + std::to_string(e) + "] = s" + std::to_string(e) + ";");
}

void AttentionShader::scoreBlocks() {
  int64_t block = pages.storage.block;
  text.line("uint tileAt = base + inPage / 16u * " + number(pages.tileBytes / 4) + ";");
  text.line("uint keys = tileAt / 4u + inPage % 16u / 4u;");
  for (int64_t e = 0; e < each; ++e)
    text.line("p[" + std::to_string(e) + "] = 0.0;");
  // Tiles are not whole quads where blocks have an odd number of scales of 2 bytes.
  bool aligned =
      pages.tileBytes % 16 == 0 && pages.valuesBegin % 16 == 0 && pages.pageBytes % 16 == 0;
  for (int64_t b = 0; b < pages.blocks; ++b) {
    text.open("");
    text.line("int n0 = 0, n1 = 0, n2 = 0, n3 = 0;");
    for (int64_t d = b * block; d < std::min(headDim, (b + 1) * block); d += 4) {
      text.open("");
      std::string quad = "keys + " + number(d); // 16 positions of 4 codes are 4 quads
      std::string word = "tileAt + " + number(4 * d) + " + inPage % 16u";
      text.line("uvec4 k = " +
                (aligned
                     ? text.quad(state, quad)
                     : "uvec4(" + text.word(state, word) + ", " + text.word(state, word + " + 1u") +
                           ", " + text.word(state, word + " + 2u") + ", " +
                           text.word(state, word + " + 3u") + ")") +
                ";");
      for (int64_t j = 0; j < 4 && d + j < headDim; ++j)
        for (int64_t e = 0; e < each; ++e)
          text.line("n" + std::to_string(e) + " += signedByte(k[" + std::to_string(e) + "], " +
                    std::to_string(j) + ") * i" + std::to_string(d + j) + ";");
      text.close();
    }
    for (int64_t e = 0; e < each; ++e)
      text.line("p[" + std::to_string(e) + "] += float(n" + std::to_string(e) + ") * (qs" +
                std::to_string(b) + " * " +
                text.scalar(pages.storage.scalar, state,
                            "tileAt * 2u + " + number(pages.keysBytes / 2 + b * 16) +
                                " + inPage % 16u + " + number(e)) +
                ");");
    text.close();
  }
}

void AttentionShader::softmax() {
  std::string scale = real(attend.getScale().convertToDouble());
  text.line("float most = -1e30;");
  for (int64_t e = 0; e < each; ++e) {
    std::string p = "p[" + std::to_string(e) + "]";
    text.line(p + " = mine && own + " + number(e) + " <= position && own + " + number(e) +
              " >= oldest ? " + p + " * " + scale + " : -1e30;");
    text.line("most = max(most, " + p + ");");
  }
  text.line("most = max(largest, mostOfTeam(most));");
  text.line("float shrink = exponential(largest - most);");
  text.line("largest = most;");
  text.line("sum *= shrink;");
  for (int64_t e = 0; e < each; ++e) {
    std::string p = "p[" + std::to_string(e) + "]";
    text.line(p + " = " + p + " <= -1e30 ? 0.0 : exponential(" + p + " - most);");
    text.line("sum += " + p + ";");
  }
  for (int64_t i = 0; i < quads * perQuad; ++i)
    text.line("o" + std::to_string(i) + " *= shrink;");
}

void AttentionShader::addValues() {
  // As far as any team has positions: all lanes take part in exchanges.
  text.open("for (uint from = 0u; from < 8u; ++from)");
  text.line("if (round * " + number(teamSize * each) + " + from * " + number(each) +
            " > position) break;");
  for (int64_t e = 0; e < each; ++e) {
    text.open("");
    text.line("uint j = begin % 64u + from * " + number(each) + " + " + number(e) + ";");
    text.line("float weight = ofMember(p[" + std::to_string(e) + "], from);");
    addValue();
    text.close();
  }
  text.close();
}

void AttentionShader::addValue() {
  int64_t bytes = pages.elementBytes;
  bool aligned =
      headDim * bytes % 16 == 0 && pages.valuesBegin % 16 == 0 && pages.pageBytes % 16 == 0;
  int64_t rowQuads = headDim * bytes / 16;
  for (int64_t n = 0; n < quads; ++n) {
    text.open("");
    text.line("uint d = (member + " + number(8 * n) + ") * " + number(perQuad) + ";");
    if (pages.storage.isBlock() && pages.storage.block % perQuad == 0)
      text.line("float scaled = weight * " +
                text.scalar(pages.storage.scalar, state,
                            "base * 2u + " + number((pages.valuesBegin + 64 * headDim) / 2) +
                                " + min(d, " + number(headDim - 1) + ") / " +
                                number(pages.storage.block) + " * 64u + j") +
                ";");
    if (aligned)
      text.line("uvec4 v = " +
                text.quad(state, "base / 4u + " + number(pages.valuesBegin / 16) + " + j * " +
                                     number(rowQuads) + " + min(member + " + number(8 * n) + ", " +
                                     number(rowQuads - 1) + ")") +
                ";");
    for (int64_t e = 0; e < perQuad; ++e) {
      std::string value, at = "(base * 4u + " + number(pages.valuesBegin) + ") / " + number(bytes) +
                              " + j * " + number(headDim) + " + min(d + " + number(e) + ", " +
                              number(headDim - 1) + ")";
      std::string word = "v[" + std::to_string(e * bytes / 4) + "]";
      if (pages.storage.isBlock())
        value = aligned ? "float(signedByte(" + word + ", " + std::to_string(e % 4) + "))"
                        : "float(signedByte(" + text.byte(state, at) + ", 0))";
      else if (!aligned)
        value = text.scalar(pages.storage.scalar, state, at);
      else
        value = elementOfWord(pages.storage.scalar, word, e);
      text.line("o" + std::to_string(n * perQuad + e) +
                " += " + (pages.storage.isBlock() ? "scaled" : "weight") + " * " + value + ";");
    }
    text.close();
  }
}

void AttentionShader::finish() {
  unsigned result = text.resultBinding(attend.getResult());
  text.line("sum = sumOfTeam(sum);");
  // Other teams' sums and elements, in the order of teams.
  text.declare("shared float found[16], sums[16];\nshared float elements[" +
               std::to_string(8 * headDim) + "];");
  text.open("if (teams > 1u)");
  text.line("if (member == 0u) { found[team] = largest; sums[team] = sum; }");
  text.line("barrier();");
  text.line("float most = found[0], whole = 0.0;");
  text.line("for (uint i = 1u; i < teams; ++i) most = max(most, found[i]);");
  text.line("for (uint i = 0u; i < teams; ++i) whole += sums[i] * exponential(found[i] - most);");
  text.line("float part = exponential(largest - most);");
  for (int64_t n = 0; n < quads; ++n)
    for (int64_t e = 0; e < perQuad; ++e) {
      std::string d = "(member + " + number(8 * n) + ") * " + number(perQuad) + " + " + number(e);
      text.line("if (" + d + " < " + number(headDim) + ") elements[team * " + number(headDim) +
                " + " + d + "] = part * o" + std::to_string(n * perQuad + e) + ";");
    }
  text.line("barrier();");
  text.open("for (uint d = lane; d < " + number(headDim) + "; d += lanes)");
  text.line("float x = 0.0;");
  text.line("for (uint i = 0u; i < teams; ++i) x += elements[i * " + number(headDim) + " + d];");
  std::string place = "(row * " + number(heads) + " + head) * " + number(headDim) + " + ";
  text.line(text.storeWord(result, place + "d", "floatBitsToUint(x / whole)"));
  text.close();
  text.line("return;");
  text.close();
  for (int64_t n = 0; n < quads; ++n)
    for (int64_t e = 0; e < perQuad; ++e) {
      std::string d = "(member + " + number(8 * n) + ") * " + number(perQuad) + " + " + number(e);
      text.line("if (" + d + " < " + number(headDim) + ") " +
                text.storeWord(result, place + d,
                               "floatBitsToUint(o" + std::to_string(n * perQuad + e) + " / sum)"));
    }
}

} // namespace weft::vulkan
