// Generates shaders for row-wise ops; a workgroup computes a row. The shader is generated from the
// graph of ops. Each value becomes a function of (row, column), so that chains of elementwise ops,
// gathers and rotations become one expression. A reduction becomes a loop before its first use, and
// a result becomes a loop that stores it.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

class RowShader {
public:
  /// The ops that row shaders support.
  using Ops = OpList<EmbedOp, TakeRowsOp, ColumnsOp, AddOp, MulOp, SiluOp, GeluOp, RmsNormOp,
                     LayerNormOp, QuantizeOp, RopeTableOp, RopeOp, AppendOp>;
  static bool takes(mlir::Operation *op) { return Ops::has(op); }

  RowShader(ShaderText &text, mlir::func::FuncOp kernel);
  /// Generates the shader. Emits a diagnostic at an op that it does not support, and fails.
  llvm::LogicalResult generate();

private:
  /// Returns whether all widths are multiples of four, so that the shader works on four columns at
  /// a time.
  bool allByFours();
  llvm::LogicalResult visit(mlir::Operation *op);
  void rmsNorm(RmsNormOp op);
  void layerNorm(LayerNormOp op);
  void rope(RopeOp op);
  void ropeTable(RopeTableOp op);
  void takeRows(TakeRowsOp op);
  llvm::LogicalResult embed(EmbedOp op);
  void store(mlir::Value result, unsigned binding);
  void quantize(QuantizeOp op, unsigned binding);
  // RowAppend.cpp
  void append(AppendOp op);
  void appendDense(AppendOp op);
  void appendBlocks(AppendOp op);

  /// Returns the value's elements at `column` of row `row`: a float, or a vec4 if `column` is a
  /// multiple of 4.
  Expr at(mlir::Value value, const llvm::Twine &row, const llvm::Twine &column);
  /// Returns an element of an f32 argument.
  Expr load(mlir::Value argument, const llvm::Twine &row, const llvm::Twine &column);
  /// Declares the function of `value`, with the parameters (row, column) and this body.
  void define(mlir::Value value, const llvm::Twine &body);
  /// Returns integer `row` of an argument such as positions, as an int.
  Expr integer(mlir::Value argument, const llvm::Twine &row);
  /// Emits the sum of `term` over the columns; `term` reads x at column c.
  void reduce(const llvm::Twine &result, int64_t columns, mlir::Value input,
              const llvm::Twine &term);
  void openColumns(int64_t columns);
  Expr fourOf(mlir::Value input, int64_t columns, int64_t block, int64_t i);

  ShaderText &text;
  mlir::func::FuncOp kernel;
  bool fours = false;
  std::string type; // float or vec4
  llvm::DenseMap<mlir::Value, std::string> functions;
};

} // namespace weft::vulkan
