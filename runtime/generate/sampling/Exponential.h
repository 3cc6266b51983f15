// e^x with the same bits on every machine.
#pragma once

#include <bit>
#include <cstdint>

namespace weft {

/// Returns e^x for x <= 0, accurate to about one unit in the last place; 0 for x below -700 or
/// minus infinity. The C library's exp differs between processors (it chooses an FMA variant at
/// load), which would change sampled text. Written without branches, so that loops over it
/// vectorize. Method: x = k ln 2 + r, Taylor series in r.
inline double exponential(double x) {
#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif
  constexpr double toInteger = 0x1.8p52; // adding it leaves round(x) in the low bits
  constexpr double ln2High = 6.93147180369123816490e-01;
  constexpr double ln2Low = 1.90821492927058770002e-10;
  const bool vanishes = x < -700.0;
  x = vanishes ? -700.0 : x;
  const double shifted = x * 1.4426950408889634074 + toInteger;
  const double k = shifted - toInteger;
  const double r = (x - k * ln2High) - k * ln2Low;
  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  sum = sum * r + 1.0;
  sum = sum * r + 1.0;
  const uint64_t exponent = (std::bit_cast<uint64_t>(shifted) << 52) + (uint64_t(1023) << 52);
  const double result = sum * std::bit_cast<double>(exponent);
  return vanishes ? 0.0 : result;
}

} // namespace weft
