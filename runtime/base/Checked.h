// Unsigned arithmetic that detects overflow, for numbers read from a file.
#pragma once

#include <cstdint>
#include <optional>

namespace weft {

/// A sum or product of unsigned numbers that remembers whether any step overflowed.
class Checked {
public:
  constexpr Checked(uint64_t value) : number(value) {}

  /// The number, or nothing after an overflow.
  constexpr std::optional<uint64_t> value() const {
    return overflowed ? std::nullopt : std::optional<uint64_t>(number);
  }

  friend constexpr Checked operator+(Checked a, Checked b) {
    Checked sum(0);
    sum.overflowed =
        __builtin_add_overflow(a.number, b.number, &sum.number) || a.overflowed || b.overflowed;
    return sum;
  }
  friend constexpr Checked operator*(Checked a, Checked b) {
    Checked product(0);
    product.overflowed =
        __builtin_mul_overflow(a.number, b.number, &product.number) || a.overflowed || b.overflowed;
    return product;
  }

private:
  uint64_t number;
  bool overflowed = false;
};

/// Returns ceil(a / b). `b` must not be zero.
constexpr uint64_t ceilDivide(uint64_t a, uint64_t b) { return a / b + (a % b != 0); }

} // namespace weft
