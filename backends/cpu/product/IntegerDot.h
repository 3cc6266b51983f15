// Sums of products of 8-bit integers, by the instructions that a target has.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

namespace weft::cpu {

/// Multiplies codes of a block format with signed 8-bit activations, four neighbours into
/// each 32-bit lane. The codes reach the multiplier in a form that the target likes;
/// `sumStart` and `resultScale` undo that.
class IntegerDotProduct {
public:
  IntegerDotProduct(KernelBuilder &k, const Storage &weights) : k(k), weights(weights) {}

  /// What the sum of a block starts from, given the sum of the activations' codes of that
  /// block times -128 (which activations store).
  Val sumStart(Val storedSum);
  /// Factor of the sums, a power of two: units of codes and of scales.
  double resultScale() const;
  /// Of what number of codes a block must be a multiple.
  static unsigned blockMultiple(unsigned bits) { return bits == 8 ? 4 : bits == 4 ? 8 : 16; }
  /// In how many steps the codes of a block are unpacked.
  int64_t steps() const { return weights.block / (weights.bits == 8 ? 4 : 8); }
  /// Four neighbouring codes of each row, ready for accumulate(), and which of the block.
  struct Quad {
    Val codes;
    int64_t element;
  };
  /// The codes of a step. `load` gives the bytes [byte, byte + 4) of each row's codes.
  llvm::SmallVector<Quad> unpack(int64_t step, llvm::function_ref<Val(int64_t byte)> load);
  /// The 4 activations from `element` on of the block whose codes stand at `base` + `offset`, as
  /// accumulate() takes them.
  Val quadOf(Val base, Val offset, int64_t element);
  /// sum + the products of `codes` and the 4 activations `quad` (an i32, or one in each lane)
  /// with each lane.
  Val accumulate(Val sum, Val codes, Val quad);

private:
  /// Whether codes are signed bytes once unpacked: of 8 bits without a bias, or levels.
  bool isSigned() const { return weights.bias == 0 && (weights.bits == 8 || weights.hasLevels()); }
  /// The upper four bits of each byte.
  Val upperHalves(Val raw);
  /// The levels of codes 0 to 15, one a byte; with vpermb, of the lower four bits.
  Val levelsOf(Val codes);
  /// Codes of 8 bits; of 4, the low and the high halves.
  llvm::SmallVector<Val> unpackBytes(Val raw);
  /// Codes of 6 bits whose lower four are the halves of `raw` and whose upper two the pairs
  /// `pair` and `pair` + 2 of `upper`.
  llvm::SmallVector<Val> unpackSixBits(Val raw, Val upper, int64_t pair);

  KernelBuilder &k;
  const Storage &weights;
};

} // namespace weft::cpu
