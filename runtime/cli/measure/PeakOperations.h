// How fast this machine computes: the roofline of what arithmetic bounds.
#pragma once

#include "runtime/cli/measure/Crew.h"

namespace weft::cli {

/// Operations a second of all threads together in loops of nothing but the instruction that
/// does most; a multiplication with its addition is two.
struct PeakOperations {
  /// Integer products of 8 bits summed in 32, which kernels of quantized weights use.
  double int8 = 0;
  /// Fused multiplications and additions of f32.
  double f32 = 0;
};

/// Takes some 0.1 s.
PeakOperations measurePeakOperations(Crew &crew);

} // namespace weft::cli
