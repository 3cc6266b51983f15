// Sums of products of 8-bit integers, by the instructions that a target has.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "ir/storage/Storage.h"

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
  /// Factor of the integer sums, a power of two.
  double resultScale() const;
  /// Vectors of codes that one load of codes holds: 1 for 8 bits, 2 for 4 bits (the second
  /// one is half a block further on), ready for accumulate().
  llvm::SmallVector<Val> unpack(Val raw);
  /// sum + the products of `codes` and the 4 activations `quad` (an i32) with each lane.
  Val accumulate(Val sum, Val codes, Val quad);

private:
  /// Whether codes are signed bytes once unpacked: of 8 bits without a bias, or levels.
  bool isSigned() const { return weights.bias == 0 && (weights.bits == 8 || weights.hasLevels()); }
  /// The levels of codes 0 to 15, one a byte.
  Val levelsOf(Val codes);

  KernelBuilder &k;
  const Storage &weights;
};

} // namespace weft::cpu
