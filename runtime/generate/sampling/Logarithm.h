// ln x with the same bits on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace weft {

/// Returns ln x for finite, normal x > 0, accurate to about two units in the last place. Used in
/// place of the C library's log for the reason given at exponential(). Method: x = 2^k m with m
/// near 1, ln m = 2 artanh((m - 1) / (m + 1)).
inline double logarithm(double x) {
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif
  constexpr double ln2High = 6.93147180369123816490e-01;
  constexpr double ln2Low = 1.90821492927058770002e-10;
  constexpr uint64_t mantissa = (uint64_t(1) << 52) - 1, one = uint64_t(1023) << 52;
  const auto bits = std::bit_cast<uint64_t>(x);
  double k = double(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & mantissa) | one);
  const bool isHigh = m > 1.4142135623730951;
  m = isHigh ? m * 0.5 : m;
  k = isHigh ? k + 1 : k;
  const double s = (m - 1) / (m + 1), square = s * s; // at most 0.0295
  double sum = 1.0 / 23;
  for (int odd = 21; odd >= 3; odd -= 2)
    sum = sum * square + 1.0 / odd;
  return k * ln2High + (2 * s + (2 * s * square * sum + k * ln2Low));
}

} // namespace weft
