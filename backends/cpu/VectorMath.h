// Transcendental functions as inline code, because kernels call nothing.
#pragma once

#include "backends/cpu/Values.h"

#include <utility>

namespace weft::cpu {

/// Returns e^x in f32 to within 2 units in the last place; 0 below -87.3, infinity above 88.7.
Val exponential(Val x);
/// Returns x / (1 + e^-x).
Val silu(Val x);
/// Returns 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
Val gelu(Val x);
/// Returns the cosine and the sine of an f64 angle of at most 2^30, to within 1e-10.
std::pair<Val, Val> cosineAndSine(Val angle);

} // namespace weft::cpu
