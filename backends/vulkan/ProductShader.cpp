#include "backends/vulkan/ProductShader.h"

#include "backends/vulkan/WeightText.h"

using namespace mlir;

namespace weft::vulkan {

ProductShader::ProductShader(ShaderText &text, func::FuncOp kernel, ProductShape shape)
    : text(text), kernel(kernel), shape(shape) {
  bool allHalves = true;
  for (LinearOp linear : kernel.getOps<LinearOp>()) {
    linears.push_back(linear);
    Storage storage = storageOf(linear.getWeight().getType());
    allHalves &= !storage.isBlock() && storage.scalar != Scalar::F32;
  }
  rows = allHalves ? 8 : 4;
  width = linears.front().getResult().getType().getDimSize(1);
}

schema::Grid ProductShader::grid(bool single) {
  int64_t tiles = llvm::divideCeil(llvm::divideCeil(width, tileRows), shape.tiles);
  if (single)
    return schema::Grid(tiles, 1, schema::Symbol::One);
  bool overRows = rowSymbolOf(linears.front().getResult()) == RowSymbol::Rows;
  return schema::Grid(tiles, shape.tokens,
                      overRows ? schema::Symbol::Rows : schema::Symbol::Tokens);
}

LogicalResult ProductShader::generate() {
  if (failed(declareEpilogue()))
    return failure();
  place();
  SmallVector<std::string> tiles;
  for (int64_t tile = 0; tile < shape.tiles; ++tile)
    tiles.push_back("min(tile + " + number(tile) + ", " +
                    number(llvm::divideCeil(width, tileRows) - 1) + ")");
  std::vector<SmallVector<std::string>> sums;
  for (auto [number, linear] : llvm::enumerate(linears)) {
    auto weight = WeightText::create(text, linear, rows, shape.tokens);
    if (failed(weight))
      return failure();
    SmallVector<std::string> &own = sums.emplace_back();
    for (int64_t i = 0; i < shape.tiles * rows * shape.tokens; ++i) {
      own.push_back("a" + std::to_string(number) + "_" + std::to_string(i));
      text.line("float " + own.back() + " = 0.0;");
    }
    text.open("");
    (*weight)->multiply(tiles, own);
    text.close();
    reduce(own);
  }
  text.line("if (!inside || slice != 0u) return;");
  for (int64_t tile = 0; tile < shape.tiles; ++tile)
    for (int64_t token = 0; token < shape.tokens; ++token)
      for (int64_t part = 0; part < rows; part += 4) {
        std::string call = "finish(first + " + number(token) + ", (tile + " + number(tile) +
                           ") * 16u + quarter * " + number(rows) + " + " + number(part);
        for (const auto &own : sums) {
          call += ", vec4(";
          for (int64_t row = part; row < part + 4; ++row)
            call += (row == part ? "" : ", ") + own[(tile * rows + row) * shape.tokens + token];
          call += ")";
        }
        text.line(call + ");");
      }
  return success();
}

void ProductShader::place() {
  bool overRows = rowSymbolOf(linears.front().getResult()) == RowSymbol::Rows;
  int64_t tiles = llvm::divideCeil(llvm::divideCeil(width, tileRows), shape.tiles);
  text.line("uint member = workgroup() * lanes + lane;");
  text.line("uint quarter = member % " + number(lanes()) + ", slice = member / " + number(lanes()) +
            " % slices;");
  text.line("uint group = member / (" + number(lanes()) + " * slices);");
  text.line(llvm::Twine("uint last = ") + (overRows ? "rows" : "tokens") +
            " - 1u, groups = " + number(tiles) + " * ((last + " + number(shape.tokens) + ") / " +
            number(shape.tokens) + ");");
  text.line("bool inside = group < groups;");
  text.line("group = min(group, groups - 1u);");
  text.line("uint first = group / " + number(tiles) + " * " + number(shape.tokens) +
            ", tile = group % " + number(tiles) + " * " + number(shape.tiles) + ";");
}

void ProductShader::reduce(ArrayRef<std::string> sums) {
  text.declare("#ifndef SHARE\n#define SHARE\nshared float shares[128];\nfloat sumOfSlices(float "
               "x, uint width) {\n"
               "  shares[lane] = x;\n  barrier();\n  float sum = 0.0;\n"
               "  for (uint i = lane % width; i < lanes; i += width)\n    sum += shares[i];\n"
               "  barrier();\n  return sum;\n}\n#endif");
  text.open("if (slices > 1u)");
  for (const std::string &sum : sums)
    text.line(sum + " = sumOfSlices(" + sum + ", " + number(lanes()) + ");");
  text.close();
}

Expr ProductShader::load(Value argument, int64_t begin) {
  auto type = cast<RankedTensorType>(argument.getType());
  int64_t columns = type.getShape().back();
  std::string place = number(begin) + " + column";
  if (type.getRank() == 2)
    place = "token * " + number(columns) + " + " + place;
  unsigned binding = text.bindingOf(argument);
  if (columns % 4 == 0 && begin % 4 == 0 && width % 4 == 0)
    return "uintBitsToFloat(" + text.quad(binding, "(" + place + ") / 4u") + ")";
  std::string four;
  for (int64_t i = 0; i < 4; ++i)
    four += (i ? ", " : "") + ("(column + " + number(i) + " < " + number(width) + " ? ") +
            text.real(binding, place + " + " + number(i)) + " : 0.0)";
  return "vec4(" + four + ")";
}

Expr ProductShader::operand(Value value) {
  int64_t begin = 0;
  while (auto columns = value.getDefiningOp<ColumnsOp>()) {
    begin += columns.getBegin();
    value = columns.getInput();
  }
  if (isa<BlockArgument>(value))
    return load(value, begin);
  return begin == 0 ? values.lookup(value) : "";
}

LogicalResult ProductShader::declareEpilogue() {
  bool overRows = rowSymbolOf(linears.front().getResult()) == RowSymbol::Rows;
  std::string parameters = "uint token, uint column", body;
  for (auto [number, linear] : llvm::enumerate(linears)) {
    values[linear.getResult()] = "product" + std::to_string(number);
    parameters += ", vec4 product" + std::to_string(number);
  }
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (isa<LinearOp, ColumnsOp>(op))
      continue;
    SmallVector<Expr> operands;
    for (Value value : op.getOperands())
      operands.push_back(operand(value));
    if (llvm::is_contained(operands, ""))
      return op.emitError(
          "the Vulkan backend reads columns of what other kernels left in memory only");
    std::string name = text.fresh("e"), value;
    bool known = Epilogue::visit(
        &op, llvm::makeVisitor([&](AddOp) { value = operands[0] + " + " + operands[1]; },
                               [&](MulOp) { value = operands[0] + " * " + operands[1]; },
                               [&](SiluOp) { value = "silu(" + operands[0] + ")"; },
                               [&](GeluOp) { value = "gelu(" + operands[0] + ")"; }));
    if (!known)
      return op.emitError("the Vulkan backend does not know this op behind a product");
    body += "  vec4 " + name + " = " + value + ";\n";
    values[op.getResult(0)] = name;
  }
  for (Value result : kernel.getBody().front().getTerminator()->getOperands()) {
    unsigned binding = text.resultBinding(result);
    std::string value = values.lookup(result), place = "token * " + number(width) + " + column";
    if (value.empty())
      return kernel.emitError("the Vulkan backend expects a product to return what it computes");
    if (width % 4 == 0) {
      body += "  " +
              text.storeQuad(binding, "(" + place + ") / 4u", "floatBitsToUint(" + value + ")") +
              "\n";
      continue;
    }
    for (int64_t i = 0; i < 4; ++i)
      body += "  if (column + " + number(i) + " < " + number(width) + ") " +
              text.storeWord(binding, place + " + " + number(i),
                             "floatBitsToUint(" + value + "[" + std::to_string(i) + "])") +
              "\n";
  }
  text.declare("void finish(" + parameters +
               ") {\n  if (token >= " + (overRows ? "rows" : "tokens") +
               " || column >= " + number(width) + ") return;\n" + body + "}");
  return success();
}

} // namespace weft::vulkan
