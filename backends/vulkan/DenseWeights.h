// Reads weights stored as f32, f16 or bf16.
#pragma once

#include "backends/vulkan/WeightText.h"

namespace weft::vulkan {

/// A quad has 4 rows (f32) or 8 rows (16 bits) of one column.
class DenseWeights final : public WeightText {
public:
  DenseWeights(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens)
      : WeightText(text, linear, rows, tokens) {}
  void multiply(llvm::ArrayRef<std::string> tiles, llvm::ArrayRef<std::string> sums) override;

private:
  /// Columns per iteration of the loop.
  static constexpr int64_t round = 16;

  void columns(llvm::ArrayRef<std::string> tiles, llvm::ArrayRef<std::string> sums, int64_t count);
  /// Reads `count` columns of a token's input as x_TOKEN_0, x_TOKEN_1, ...
  void readInput(int64_t token, int64_t count);
  /// Reads the lane's rows of column k + `column` as w0, w1, ...
  void readRows(const std::string &tile, int64_t column);
};

} // namespace weft::vulkan
