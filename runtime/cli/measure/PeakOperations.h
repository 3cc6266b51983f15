// How fast this machine computes: the roofline of compute-bound work.
#pragma once

#include "runtime/cli/measure/Crew.h"

namespace weft::cli {

/// Operations per second of all threads together, in loops of only the instruction that does most
/// operations. A multiply-add counts as two operations.
struct PeakOperations {
  /// Products of 8-bit integers with 32-bit sums, as in kernels of quantized weights.
  double int8 = 0;
  /// Fused multiply-adds of f32.
  double f32 = 0;
};

/// Measures both; takes about 0.1 s.
PeakOperations measurePeakOperations(Crew &crew);

} // namespace weft::cli
