// Numbers between bounds, digit by digit.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <cstdint>

namespace weft::constrain {

/// Largest magnitude that the ranges below write.
inline constexpr int64_t largestInteger = 999'999'999'999'999'999;

/// The integers from least to most, both in, without leading zeros; least <= most, both at
/// most largestInteger in magnitude.
ExprId integersBetween(Grammar &grammar, int64_t least, int64_t most);

struct Bound {
  int64_t value;
  bool isOpen; ///< the bound itself is out
};

/// The numbers between integer bounds, with at most 16 digits behind the point and no
/// exponent. least.value <= most.value, both at most largestInteger in magnitude.
ExprId numbersBetween(Grammar &grammar, Bound least, Bound most);

} // namespace weft::constrain
