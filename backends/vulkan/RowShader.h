// Kernels of row-wise ops: a workgroup takes a row. The shader is generated from the graph of
// ops: each value becomes a function of (row, column), so that chains of elementwise ops, gathers
// and rotations are one expression; reductions become loops before it is used, and each result
// a loop that stores it.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

class RowShader {
public:
  /// The ops that row shaders know.
  using Ops = OpList<EmbedOp, TakeRowsOp, ColumnsOp, AddOp, MulOp, SiluOp, GeluOp, RmsNormOp,
                     LayerNormOp, QuantizeOp, RopeTableOp, RopeOp, AppendOp>;
  static bool takes(mlir::Operation *op) { return Ops::has(op); }

  RowShader(ShaderText &text, mlir::func::FuncOp kernel);
  /// Emits a diagnostic at what it cannot read.
  llvm::LogicalResult generate();

private:
  /// Whether columns can be taken by fours everywhere.
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

  /// The value's elements at `column` of row `row`: float, or vec4 from a multiple of 4.
  Expr at(mlir::Value value, const llvm::Twine &row, const llvm::Twine &column);
  /// An element of an f32 argument.
  Expr load(mlir::Value argument, const llvm::Twine &row, const llvm::Twine &column);
  /// Declares the function of `value`, of (row, column), with this body.
  void define(mlir::Value value, const llvm::Twine &body);
  /// Integer `row` of an argument such as positions, an int.
  Expr integer(mlir::Value argument, const llvm::Twine &row);
  /// sum over the columns of `term`, which reads x at column c.
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
