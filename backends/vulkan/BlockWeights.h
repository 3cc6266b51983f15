// Weights in blocks of small integers, with inputs in blocks of bytes.
#pragma once

#include "backends/vulkan/WeightText.h"

namespace weft::vulkan {

/// A round of the loop takes a block: integer sums of codes times codes, exact, then times
/// both scales. A quad holds 4 bytes of each of 4 rows.
class BlockWeights final : public WeightText {
public:
  BlockWeights(ShaderText &text, LinearOp linear, int64_t rows, int64_t tokens);
  void multiply(llvm::ArrayRef<std::string> tiles, llvm::ArrayRef<std::string> sums) override;

private:
  /// Whether what codes are counted from is made good by the input's sums. Where bytes are
  /// multiplied one by one, codes are made unsigned: a compiler sees then that both factors
  /// fit 16 bits, and processors multiply these faster.
  bool needsInputSums() const { return storage.bias != 0 || storage.mins || storage.bits == 8; }
  /// Reads block b of a token's input: codes as words xw_TOKEN_i and, where they are multiplied
  /// one by one, integers x_TOKEN_i; its scale xs_TOKEN; the sum of its codes xn_TOKEN.
  void readInput(int64_t token);
  /// Names the quad where block b of a tile has its codes, and its scales s0 .. s3 of the
  /// lane's rows (and m0 .. m3, of its minima).
  void placePlain(const std::string &tile);
  void placeSuper(const std::string &tile);
  /// The codes of word `word` of row `row` as integers c0 .. c3, or as a word `c` of bytes
  /// where the device multiplies these.
  void unpack(int64_t row, int64_t word);
  void beginSums(int64_t bias);
  void multiplyTile(int64_t tile, const std::string &name, llvm::ArrayRef<std::string> sums);

  int64_t blocks, words; // of a row; of a block of its input
  int64_t quads;         // of a block of a tile's four rows
};

} // namespace weft::vulkan
