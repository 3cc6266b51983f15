// Generates the code by which products read their weights: tiles of 16 rows in any storage, some
// rows per lane at a time.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

/// Emits the statements that multiply a lane's rows of one tile with the inputs of some tokens. The
/// shader defines `first`, the first token; `quarter`, the lane's number in its tile; and `slice`
/// and `slices`, which select the terms of a sum that the lane computes.
class WeightText {
public:
  virtual ~WeightText() = default;
  /// `rows` is the number of rows per lane, 4 or 8; `tokens` the number of tokens processed
  /// together. Emits a diagnostic and fails if the storage of the weight or of the input of
  /// `linear` is not supported.
  static mlir::FailureOr<std::unique_ptr<WeightText>> create(ShaderText &text, LinearOp linear,
                                                             int64_t rows, int64_t tokens);

  /// Emits the loop that adds to `sums`, one float for each [tile][row][token], for the tiles whose
  /// numbers are the expressions `tiles`.
  virtual void multiply(llvm::ArrayRef<std::string> tiles, llvm::ArrayRef<std::string> sums) = 0;

protected:
  WeightText(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens);

  /// Returns the sum of (tile, row, token).
  const std::string &sumOf(llvm::ArrayRef<std::string> sums, int64_t tile, int64_t row,
                           int64_t token) const {
    return sums[(tile * rows + row) * tokens + token];
  }

  ShaderText &text;
  int64_t rows, tokens;
  unsigned weight, input; // bindings
  Storage storage;
  int64_t depth; // columns of the weight
  /// Elements per row of the input in memory, and the first element of the range that is read.
  int64_t inputColumns, inputBegin = 0;
};

} // namespace weft::vulkan
