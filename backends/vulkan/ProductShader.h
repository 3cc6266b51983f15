// Matrix products with what follows element by element.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

/// What is free to choose in a product.
struct ProductShape {
  int64_t tokens = 1; // taken together
  int64_t tiles = 1;  // of 16 columns of the result, of a lane
};

/// Invocations in fours (twos where all weights have 16 bits a number) take `tiles` tiles, each
/// its own rows of them: nothing is summed across invocations, but where a device wants more of
/// them (specialization constant `slices`), each sum is shared by some.
class ProductShader {
public:
  /// Whether `op` is one that product shaders know.
  static bool takes(mlir::Operation *op) {
    return llvm::isa<LinearOp, ColumnsOp>(op) || Epilogue::has(op);
  }

  ProductShader(ShaderText &text, mlir::func::FuncOp kernel, ProductShape shape);
  llvm::LogicalResult generate();

  /// Invocations of a group, for each slice.
  int64_t lanes() const { return 16 / rows; }
  /// The grid: count * ceil(symbol / tile).
  schema::Grid grid(bool single);

private:
  /// The ops that may follow the products, element by element.
  using Epilogue = OpList<AddOp, MulOp, SiluOp, GeluOp>;

  void place();
  /// Adds up over slices what each found.
  void reduce(llvm::ArrayRef<std::string> sums);
  /// Declares the function that takes four columns of all products and stores results.
  llvm::LogicalResult declareEpilogue();
  /// Four columns of an operand of the epilogue.
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
