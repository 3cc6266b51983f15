// Generates sums of products of 8-bit integers with the instructions that a target has.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

namespace weft::cpu {

/// Multiplies codes of a block format with signed 8-bit activations, and adds four neighbouring
/// products to each 32-bit lane. Codes are converted to the form that the target's instructions
/// need; `sumStart` and `resultScale` correct for that.
class IntegerDotProduct {
public:
  IntegerDotProduct(KernelBuilder &k, const Storage &weights) : k(k), weights(weights) {}

  /// Returns the start value of the sum of a block, given -128 times the sum of the activations'
  /// codes of that block (which activations store).
  Val sumStart(Val storedSum);
  /// Returns a factor by which the sums have to be multiplied, a power of two: the units of codes
  /// and of scales.
  double resultScale() const;
  /// Returns the number of codes of which a block must be a multiple.
  static unsigned blockMultiple(unsigned bits) { return bits == 8 ? 4 : bits == 4 ? 8 : 16; }
  /// Returns in how many steps the codes of a block are unpacked.
  int64_t steps() const { return weights.block / (weights.bits == 8 ? 4 : 8); }
  /// Four neighbouring codes of each row, ready for accumulate(), and the index of the first in the
  /// block.
  struct Quad {
    Val codes;
    int64_t element;
  };
  /// Returns the codes of a step. `load` returns the bytes [byte, byte + 4) of each row's codes.
  llvm::SmallVector<Quad> unpack(int64_t step, llvm::function_ref<Val(int64_t byte)> load);
  /// Returns the 4 activations from `element` on of the block whose codes are at `base` + `offset`,
  /// as accumulate() needs them.
  Val quadOf(Val base, Val offset, int64_t element);
  /// Returns `sum` plus, in each lane, the products of `codes` and the 4 activations `quad` (one
  /// i32, or one in each lane).
  Val accumulate(Val sum, Val codes, Val quad);

private:
  /// Whether codes are signed bytes once unpacked: 8-bit codes without a bias, or levels.
  bool isSigned() const { return weights.bias == 0 && (weights.bits == 8 || weights.hasLevels()); }
  /// Returns the upper four bits of each byte.
  Val upperHalves(Val raw);
  /// Returns the levels of codes 0 to 15, one per byte; with vpermb, those of the lower four bits.
  Val levelsOf(Val codes);
  /// Returns the codes of 8 bits; for 4 bits, the low and the high halves.
  llvm::SmallVector<Val> unpackBytes(Val raw);
  /// Returns the 6-bit codes whose lower four bits are the halves of `raw` and whose upper two are
  /// the pairs `pair` and `pair` + 2 of `upper`.
  llvm::SmallVector<Val> unpackSixBits(Val raw, Val upper, int64_t pair);

  KernelBuilder &k;
  const Storage &weights;
};

} // namespace weft::cpu
