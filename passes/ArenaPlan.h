// Memory offsets for values with limited lifetimes.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace weft {

/// A value that needs memory, and its offset.
struct ArenaValue {
  /// The size, in any unit.
  int64_t size = 0;
  /// The steps of the program that write the value first and read it last.
  unsigned begin = 0;
  unsigned end = 0;
  /// The result of placeValues(), in the same unit.
  int64_t offset = 0;
};

/// Sets the offsets so that values whose lifetimes overlap (begin and end included) do not overlap
/// in memory. Returns the size of the memory. The largest value is placed first, each in the
/// smallest gap that fits, at the lowest offset of equal gaps (Pisarchyk and Lee 2020, "Efficient
/// memory management for deep neural net inference", greedy by size). Quadratic in the number of
/// values.
int64_t placeValues(llvm::MutableArrayRef<ArenaValue> values);

} // namespace weft
