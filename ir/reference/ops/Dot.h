// The sum of products that linear and attend share.
#pragma once

#include <cstdint>

namespace weft::reference {

/// Returns sum_k a[k] * b[k] in f64. Eight partial sums let the compiler use vectors; their order
/// is fixed.
inline double dot(const float *a, const float *b, int64_t count) {
  constexpr int64_t lanes = 8;
  double sums[lanes] = {};
  int64_t k = 0;
  for (; k + lanes <= count; k += lanes)
    for (int64_t lane = 0; lane < lanes; ++lane)
      sums[lane] += double(a[k + lane]) * b[k + lane];
  for (; k < count; ++k)
    sums[k % lanes] += double(a[k]) * b[k];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

} // namespace weft::reference
