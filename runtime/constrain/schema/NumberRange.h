// Numbers between bounds, digit by digit.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/constrain/grammar/Grammar.h"

#include <optional>
#include <string>

namespace weft::constrain {

/// A decimal number, exactly.
struct Decimal {
  bool isNegative = false;
  std::string whole = "0"; ///< digits, without zeros before them
  std::string fraction{};  ///< digits, without zeros behind them

  static Decimal of(int64_t value);
  static Decimal of(uint64_t value);
  /// The shortest one that reads as `value`, which is finite.
  static Decimal of(double value);
  bool isWhole() const { return fraction.empty(); }
  bool isZero() const { return whole == "0" && fraction.empty(); }
  std::string text() const;
};

/// Less than 0, 0 or more.
int compare(const Decimal &a, const Decimal &b);

struct Bound {
  Decimal value;
  bool isOpen; ///< the bound itself is out
};

/// Numbers that are at least one bound and at most the other.
struct NumberRange {
  std::optional<Bound> least, most;

  /// Leaves out what is below or above another bound too.
  void raise(const Bound &bound);
  void lower(const Bound &bound);
};

/// The integers of a range, without leading zeros: of 18 digits where a side has no bound or one
/// beyond all integers of 64 bits. nullopt: there is none.
std::optional<ExprId> integersIn(Grammar &grammar, const NumberRange &range);

/// The numbers of a range, without exponents: of 15 digits where a side has no bound, and with so
/// few digits behind the point that doubles tell them apart. nullopt: there is none.
std::optional<ExprId> numbersIn(Grammar &grammar, const NumberRange &range);

/// Numbers (without exponents) that are whole multiples of `divisor`, which is above 0. Errors:
/// more states than a TextSet has.
Result<ExprId> multiplesOf(Grammar &grammar, const Decimal &divisor);

} // namespace weft::constrain
