// Places in memory for values that do not all live at the same time.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace weft {

struct ArenaValue {
  /// In any unit.
  int64_t size = 0;
  /// Steps of the program at which it is written first and read last.
  unsigned begin = 0;
  unsigned end = 0;
  /// The answer, in the same unit.
  int64_t offset = 0;
};

/// Sets the offsets so that values whose steps meet (begin and end included) are apart.
/// Returns the size of the memory. Largest first, each in the smallest gap that fits, the
/// lowest of equal ones (Pisarchyk and Lee 2020, "Efficient memory management for deep
/// neural net inference", greedy by size); quadratic in the number of values.
int64_t placeValues(llvm::MutableArrayRef<ArenaValue> values);

} // namespace weft
