#include "backends/vulkan/RowShader.h"

#include "backends/vulkan/TableText.h"

#include "llvm/ADT/STLExtras.h"

using namespace mlir;

namespace weft::vulkan {

static int64_t columnsOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape().back();
}

RowShader::RowShader(ShaderText &text, func::FuncOp kernel) : text(text), kernel(kernel) {
  fours = allByFours();
  type = fours ? "vec4" : "float";
}

bool RowShader::allByFours() {
  auto whole = [](Value value) {
    auto tensor = dyn_cast<RankedTensorType>(value.getType());
    return !tensor || !tensor.getElementType().isF32() || tensor.getShape().back() % 4 == 0;
  };
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (!llvm::all_of(op.getOperands(), whole) || !llvm::all_of(op.getResults(), whole))
      return false;
    if (auto columns = dyn_cast<ColumnsOp>(op); columns && columns.getBegin() % 4 != 0)
      return false;
    if (auto table = dyn_cast<RopeTableOp>(op); table && columnsOf(table.getFrequencies()) % 4 != 0)
      return false;
    if (auto rope = dyn_cast<RopeOp>(op))
      if (columnsOf(rope.getInput()) / rope.getHeads() % 4 != 0 ||
          columnsOf(rope.getTable()) % 8 != 0)
        return false;
    if (auto append = dyn_cast<AppendOp>(op);
        append && append.getState().getType().getHeadDim() % 4 != 0)
      return false;
  }
  return true;
}

LogicalResult RowShader::generate() {
  text.line("uint row = workgroup();");
  text.line(llvm::Twine("if (row >= ") + (isOverRows(kernel) ? "rows" : "tokens") + ") return;");
  for (Operation &op : kernel.getBody().front().without_terminator())
    if (failed(visit(&op)))
      return failure();
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (auto appended = dyn_cast<AppendOp>(op)) {
      append(appended);
      continue;
    }
    int binding = text.resultBinding(op.getResult(0));
    if (binding < 0)
      continue;
    if (auto quantized = dyn_cast<QuantizeOp>(op))
      quantize(quantized, binding);
    else
      store(op.getResult(0), binding);
  }
  return success();
}

LogicalResult RowShader::visit(Operation *op) {
  LogicalResult done = success();
  auto binary = [&](auto op, const char *sign) {
    define(op.getResult(),
           at(op.getLhs(), "row", "column") + sign + at(op.getRhs(), "row", "column"));
  };
  bool known = Ops::visit(
      op, llvm::makeVisitor(
              [&](AddOp op) { binary(op, " + "); }, [&](MulOp op) { binary(op, " * "); },
              [&](SiluOp op) {
                define(op.getResult(), "silu(" + at(op.getInput(), "row", "column") + ")");
              },
              [&](GeluOp op) {
                define(op.getResult(), "gelu(" + at(op.getInput(), "row", "column") + ")");
              },
              [&](ColumnsOp op) {
                define(op.getResult(),
                       at(op.getInput(), "row", "column + " + number(op.getBegin())));
              },
              [&](RmsNormOp op) { rmsNorm(op); }, [&](LayerNormOp op) { layerNorm(op); },
              [&](EmbedOp op) { done = embed(op); }, [&](TakeRowsOp op) { takeRows(op); },
              [&](RopeTableOp op) { ropeTable(op); }, [&](RopeOp op) { rope(op); },
              // These only write, once all values have functions.
              [](QuantizeOp) {}, [](AppendOp) {}));
  return known ? done : op->emitOpError("is unknown to the row shaders of the Vulkan backend");
}

Expr RowShader::load(Value argument, const llvm::Twine &row, const llvm::Twine &column) {
  auto tensor = cast<RankedTensorType>(argument.getType());
  std::string place = column.str();
  if (tensor.getRank() == 2)
    place = "(" + row.str() + ") * " + number(tensor.getDimSize(1)) + " + " + place;
  unsigned binding = text.bindingOf(argument);
  return fours ? "uintBitsToFloat(" + text.quad(binding, "(" + place + ") / 4u") + ")"
               : text.real(binding, place);
}

Expr RowShader::at(Value value, const llvm::Twine &row, const llvm::Twine &column) {
  if (isa<BlockArgument>(value))
    return load(value, row, column);
  return functions.at(value) + "(" + row.str() + ", " + column.str() + ")";
}

void RowShader::define(Value value, const llvm::Twine &body) {
  std::string name = text.fresh("v");
  text.declare(type + " " + name + "(uint row, uint column) { return " + body + "; }");
  functions[value] = name;
}

Expr RowShader::integer(Value argument, const llvm::Twine &row) {
  return "int(" + text.word(text.bindingOf(argument), row) + ")";
}

void RowShader::openColumns(int64_t columns) {
  std::string step = fours ? "4u" : "1u";
  text.open("for (uint c = lane * " + step + "; c < " + number(columns) + "; c += lanes * " + step +
            ")");
}

void RowShader::reduce(const llvm::Twine &result, int64_t columns, Value input,
                       const llvm::Twine &term) {
  text.open("");
  text.line(type + " sum = " + type + "(0);");
  openColumns(columns);
  text.line(type + " x = " + at(input, "row", "c") + ";");
  text.line("sum += " + term + ";");
  text.close();
  text.line(result + " = total(sumOf(sum)) / " + real(double(columns)) + ";");
  text.close();
}

void RowShader::rmsNorm(RmsNormOp op) {
  std::string factor = text.fresh("factor");
  text.declare("float " + factor + ";");
  reduce(factor, columnsOf(op.getInput()), op.getInput(), "x * x");
  text.line(factor + " = 1.0 / sqrt(" + factor + " + " + real(op.getEpsilon().convertToDouble()) +
            ");");
  define(op.getResult(), at(op.getInput(), "row", "column") + " * " + factor + " * " +
                             at(op.getWeight(), "0u", "column"));
}

void RowShader::layerNorm(LayerNormOp op) {
  std::string mean = text.fresh("mean"), factor = text.fresh("factor");
  text.declare("float " + mean + ", " + factor + ";");
  int64_t columns = columnsOf(op.getInput());
  reduce(mean, columns, op.getInput(), "x");
  reduce(factor, columns, op.getInput(), "(x - " + mean + ") * (x - " + mean + ")");
  text.line(factor + " = 1.0 / sqrt(" + factor + " + " + real(op.getEpsilon().convertToDouble()) +
            ");");
  define(op.getResult(), "(" + at(op.getInput(), "row", "column") + " - " + mean + ") * " + factor +
                             " * " + at(op.getWeight(), "0u", "column") + " + " +
                             at(op.getBias(), "0u", "column"));
}

LogicalResult RowShader::embed(EmbedOp op) {
  FailureOr<std::string> table = declareTable(text, op.getTable());
  if (failed(table))
    return failure();
  std::string id = "uint(" + integer(op.getIds(), "row") + ")";
  auto element = [&](int i) { return *table + "(id, column + " + number(i) + ")"; };
  std::string value =
      fours ? "vec4(" + element(0) + ", " + element(1) + ", " + element(2) + ", " + element(3) + ")"
            : element(0);
  std::string name = text.fresh("v");
  text.declare(type + " " + name + "(uint row, uint column) { uint id = " + id + "; return " +
               value + "; }");
  functions[op.getResult()] = name;
  return success();
}

void RowShader::takeRows(TakeRowsOp op) {
  define(op.getResult(), at(op.getInput(), "uint(" + integer(op.getRows(), "row") + ")", "column"));
}

void RowShader::ropeTable(RopeTableOp op) {
  int64_t count = columnsOf(op.getFrequencies());
  std::string one = text.fresh("angle"), f = number(count);
  text.declare("float " + one + "(uint row, uint column) { vec2 both = cosineAndSine(float(" +
               integer(op.getPositions(), "row") + "), " +
               text.real(text.bindingOf(op.getFrequencies()), "column % " + f) +
               "); return column < " + f + " ? both.x : both.y; }");
  auto element = [&](int i) { return one + "(row, column + " + number(i) + ")"; };
  define(op.getResult(), fours ? "vec4(" + element(0) + ", " + element(1) + ", " + element(2) +
                                     ", " + element(3) + ")"
                               : element(0));
}

void RowShader::rope(RopeOp op) {
  int64_t headDim = columnsOf(op.getInput()) / op.getHeads(), count = columnsOf(op.getTable()) / 2;
  std::string f = number(count), name = text.fresh("v"), body;
  auto in = [&](const std::string &column) { return at(op.getInput(), "row", column); };
  auto table = [&](const std::string &column) { return at(op.getTable(), "row", column); };
  body = "uint d = column % " + number(headDim) + "; if (d >= " + number(2 * count) + ") return " +
         in("column") + "; ";
  if (op.getPairs() == RopePairs::Halves)
    body += "bool low = d < " + f + "; uint p = low ? d : d - " + f + "; " + type +
            " c = " + table("p") + ", s = " + table("p + " + f) + ", x = " + in("column") +
            ", y = " + in("(low ? column + " + f + " : column - " + f + ")") +
            "; return low ? x * c - y * s : y * s + x * c;";
  else if (fours)
    // Two pairs; their cosines and sines are half of a vector.
    body += "uint f = d / 2u; " + type + " x = " + in("column") + ", c = " + table("f & ~3u") +
            ", s = " + table("(f & ~3u) + " + f) +
            "; vec2 cosine = (f & 2u) == 0u ? c.xy : c.zw, sine = (f & 2u) == 0u ? s.xy : s.zw; "
            "return vec4(x.x * cosine.x - x.y * sine.x, x.x * sine.x + x.y * cosine.x, "
            "x.z * cosine.y - x.w * sine.y, x.z * sine.y + x.w * cosine.y);";
  else
    body += "uint f = d / 2u; float cosine = " + table("f") + ", sine = " + table("f + " + f) +
            "; return (d & 1u) == 0u ? " + in("column") + " * cosine - " + in("column + 1u") +
            " * sine : " + in("column - 1u") + " * sine + " + in("column") + " * cosine;";
  text.declare(type + " " + name + "(uint row, uint column) { " + body + " }");
  functions[op.getResult()] = name;
}

void RowShader::store(Value result, unsigned binding) {
  int64_t columns = columnsOf(result);
  openColumns(columns);
  text.line(type + " x = " + at(result, "row", "c") + ";");
  std::string place = "row * " + number(columns) + " + c";
  text.line(fours ? text.storeQuad(binding, "(" + place + ") / 4u", "floatBitsToUint(x)")
                  : text.storeWord(binding, place, "floatBitsToUint(x)"));
  text.close();
}

/// Four elements of a block of the row, zero behind its end.
Expr RowShader::fourOf(Value input, int64_t columns, int64_t block, int64_t i) {
  auto one = [&](int64_t j, const char *zero) {
    std::string place = "first + " + number(j), value = at(input, "row", place);
    bool mayEnd = columns % block != 0 && j >= columns % block;
    return mayEnd ? "(" + place + " < " + number(columns) + " ? " + value + " : " + zero + ")"
                  : value;
  };
  if (fours)
    return one(i, "vec4(0.0)");
  return "vec4(" + one(i, "0.0") + ", " + one(i + 1, "0.0") + ", " + one(i + 2, "0.0") + ", " +
         one(i + 3, "0.0") + ")";
}

void RowShader::quantize(QuantizeOp op, unsigned binding) {
  int64_t columns = columnsOf(op.getInput());
  Storage storage = storageOf(op.getResult().getType());
  int64_t block = storage.block, blocks = storage.blocksPerRow(columns);
  int64_t rowWords = storage.rowBytes(columns) / 4, scales = blocks * block / 4;
  text.open("for (uint b = lane; b < " + number(blocks) + "; b += lanes)");
  text.line("uint first = b * " + number(block) + ", base = row * " + number(rowWords) + ";");
  text.line("vec4 most = vec4(0.0);");
  for (int64_t i = 0; i < block; i += 4) {
    std::string x = "x" + std::to_string(i);
    text.line("vec4 " + x + " = " + fourOf(op.getInput(), columns, block, i) + ";");
    text.line("most = max(most, abs(" + x + "));");
  }
  text.line("float scale = max(max(most.x, most.y), max(most.z, most.w)) / 127.0;");
  text.line("ivec4 sum = ivec4(0), code;");
  for (int64_t i = 0; i < block; i += 4) {
    text.line("code = scale == 0.0 ? ivec4(0) : ivec4(roundEven(x" + std::to_string(i) +
              " / scale));");
    text.line("sum += code;");
    text.line("code &= 255;");
    text.line("uint w" + std::to_string(i / 4) +
              " = uint(code.x | code.y << 8 | code.z << 16 | code.w << 24);");
  }
  for (int64_t i = 0; i < block / 4; ++i) {
    std::string place = "base + b * " + number(block / 4) + " + " + number(i);
    auto word = [&](int64_t j) { return "w" + std::to_string(i + j); };
    if (rowWords % 4 == 0 && block % 16 == 0 && i % 4 == 0)
      text.line(text.storeQuad(binding, "(" + place + ") / 4u",
                               "uvec4(" + word(0) + ", " + word(1) + ", " + word(2) + ", " +
                                   word(3) + ")"));
    else if (rowWords % 4 != 0 || block % 16 != 0)
      text.line(text.storeWord(binding, place, word(0)));
  }
  text.line(text.storeWord(binding, "base + " + number(scales) + " + b", "floatBitsToUint(scale)"));
  text.line(text.storeWord(binding, "base + " + number(scales + blocks) + " + b",
                           "uint((sum.x + sum.y + sum.z + sum.w) * -128)"));
  text.close();
}

} // namespace weft::vulkan
