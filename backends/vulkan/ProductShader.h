// Generates shaders for matrix products with elementwise epilogues.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

/// The free parameters of a product shader.
struct ProductShape {
  int64_t tokens = 1; // processed together
  int64_t tiles = 1;  // tiles of 16 result columns per invocation
};

/// Groups of four invocations (two if all weights have 16 bits a number) compute `tiles` tiles,
/// each invocation its own rows of them, so nothing is summed across invocations. If a device wants
/// more invocations, each sum is divided among several (specialization constant `slices`).
class ProductShader {
public:
  /// Returns whether product shaders support `op`.
  static bool takes(mlir::Operation *op) {
    return llvm::isa<LinearOp, ColumnsOp>(op) || Epilogue::has(op);
  }

  ProductShader(ShaderText &text, mlir::func::FuncOp kernel, ProductShape shape);
  llvm::LogicalResult generate();

  /// Returns the number of invocations of a group for each slice.
  int64_t lanes() const { return 16 / rows; }
  /// Returns the grid: count * ceil(symbol / tile).
  schema::Grid grid(bool single);

private:
  /// The elementwise ops that may follow the products.
  using Epilogue = OpList<AddOp, MulOp, SiluOp, GeluOp>;

  void place();
  /// Sums the partial sums of all slices.
  void reduce(llvm::ArrayRef<std::string> sums);
  /// Declares the function that gets four columns of all products and stores the results.
  llvm::LogicalResult declareEpilogue();
  /// Returns four columns of an operand of the epilogue.
  Expr operand(mlir::Value value);
  Expr load(mlir::Value argument, int64_t begin);

  ShaderText &text;
  mlir::func::FuncOp kernel;
  ProductShape shape;
  llvm::SmallVector<LinearOp> linears;
  int64_t rows = 4;
  int64_t width; // of the results
  llvm::DenseMap<mlir::Value, std::string> values;
};

} // namespace weft::vulkan
