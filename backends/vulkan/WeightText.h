// How products read their weights: tiles of 16 rows of any format, a piece of a lane's rows at
// a time.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

/// Writes the statements that multiply one tile's rows of a lane with the inputs of some
/// tokens. In the shader: `first` is the first token, `quarter` the lane's number in its tile,
/// `slice` and `slices` which of a sum's steps it takes.
class WeightText {
public:
  virtual ~WeightText() = default;
  /// `rows`: of a lane, 4 or 8. `tokens`: taken together. Emits a diagnostic where there is no
  /// way to read the weight or the input of `linear`.
  static mlir::FailureOr<std::unique_ptr<WeightText>> create(ShaderText &text, LinearOp linear,
                                                             int64_t rows, int64_t tokens);

  /// The loop that adds up `sums`, one float for each [tile][row][token], for the tiles whose
  /// numbers are the expressions `tiles`.
  virtual void multiply(llvm::ArrayRef<std::string> tiles, llvm::ArrayRef<std::string> sums) = 0;

protected:
  WeightText(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens);

  /// The sum of (tile, row, token).
  const std::string &sumOf(llvm::ArrayRef<std::string> sums, int64_t tile, int64_t row,
                           int64_t token) const {
    return sums[(tile * rows + row) * tokens + token];
  }

  ShaderText &text;
  int64_t rows, tokens;
  unsigned weight, input; // bindings
  Storage storage;
  int64_t depth; // columns of the weight
  /// Of a row of the input in memory, and where its part that is read begins, in elements.
  int64_t inputColumns, inputBegin = 0;
};

} // namespace weft::vulkan
