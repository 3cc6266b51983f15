// Expressions for the decimal numbers within bounds.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/constrain/grammar/Grammar.h"

#include <optional>
#include <string>

namespace weft::constrain {

/// An exact decimal number.
struct Decimal {
  bool isNegative = false;
  std::string whole = "0"; ///< digits without leading zeros
  std::string fraction{};  ///< digits without trailing zeros

  static Decimal of(int64_t value);
  static Decimal of(uint64_t value);
  /// Returns the shortest decimal that parses to `value`, which must be finite.
  static Decimal of(double value);
  bool isWhole() const { return fraction.empty(); }
  bool isZero() const { return whole == "0" && fraction.empty(); }
  std::string text() const;
};

/// Returns a negative number, 0 or a positive number as a is less than, equal to or greater than b.
int compare(const Decimal &a, const Decimal &b);

/// An end of a range.
struct Bound {
  Decimal value;
  bool isOpen; ///< the bound itself is excluded
};

/// A range of numbers; a missing bound means unbounded.
struct NumberRange {
  std::optional<Bound> least, most;

  /// Narrow the range by another lower or upper bound.
  void raise(const Bound &bound);
  void lower(const Bound &bound);
};

/// Returns the integers of a range without leading zeros, or nullopt if there are none. A side
/// without a bound, or with one beyond 64-bit integers, allows up to 18 digits.
std::optional<ExprId> integersIn(Grammar &grammar, const NumberRange &range);

/// Returns the numbers of a range without exponents, or nullopt if there are none. A side without a
/// bound allows up to 15 digits; there are at most as many digits after the point as doubles
/// distinguish.
std::optional<ExprId> numbersIn(Grammar &grammar, const NumberRange &range);

/// Returns the numbers, without exponents, that are integer multiples of `divisor`, which must be
/// above 0. Errors: this needs more states than a TextSet may have.
Result<ExprId> multiplesOf(Grammar &grammar, const Decimal &divisor);

} // namespace weft::constrain
