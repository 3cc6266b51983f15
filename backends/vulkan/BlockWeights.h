// Reads weights in blocks of small integers, with inputs in blocks of bytes.
#pragma once

#include "backends/vulkan/WeightText.h"

namespace weft::vulkan {

/// An iteration of the loop computes one block: exact integer sums of codes times codes, then
/// multiplied by both scales. A quad has 4 bytes of each of 4 rows.
class BlockWeights final : public WeightText {
public:
  BlockWeights(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens);
  void multiply(llvm::ArrayRef<std::string> tiles, llvm::ArrayRef<std::string> sums) override;

private:
  /// Whether the offset of the codes is corrected with the sums of the input's codes. If bytes are
  /// multiplied one by one, codes are made unsigned: the compiler then sees that both factors fit
  /// 16 bits, which processors multiply faster.
  bool needsInputSums() const { return storage.bias != 0 || storage.mins || storage.bits == 8; }
  /// Reads block b of a token's input: the codes as words xw_TOKEN_i and, if bytes are multiplied
  /// one by one, as integers x_TOKEN_i; the scale as xs_TOKEN; the sum of the codes as xn_TOKEN.
  void readInput(int64_t token);
  /// Declares the index of the quad where block b of a tile has its codes, the scales s0 .. s3 of
  /// the lane's rows, and m0 .. m3 of their minima.
  void placePlain(const std::string &tile);
  void placeSuper(const std::string &tile);
  /// Reads the codes of word `word` of row `row` as integers c0 .. c3, or as one word `c` of bytes
  /// if the device multiplies bytes.
  void unpack(int64_t row, int64_t word);
  void beginSums(int64_t bias);
  void multiplyTile(int64_t tile, const std::string &name, llvm::ArrayRef<std::string> sums);

  int64_t blocks, words; // blocks per row; words per block of the input
  int64_t quads;         // quads per block of four rows of a tile
};

} // namespace weft::vulkan
