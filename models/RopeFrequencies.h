// The frequencies of rotary positions, and how checkpoints scale them to longer contexts.
#pragma once

#include "models/HyperParameters.h"

#include <vector>

namespace weft {

/// Returns theta^(-2i / rotated) for i = 0 .. rotated/2 - 1 (Su et al. 2021, RoFormer, section
/// 3.2.2).
std::vector<double> rotaryFrequencies(double theta, int64_t rotated);

/// Llama 3's scaling: wavelengths above context / low are multiplied by `factor`, those below
/// context / high are unchanged, and between them the two are interpolated linearly in context /
/// wavelength (Llama 3.1; Grattafiori et al. 2024).
struct Llama3Scaling {
  double factor = 1, low = 1, high = 4;
  int64_t context = 8192;
};
void scaleLlama3(std::vector<double> &frequencies, const Llama3Scaling &scaling);

/// The frequencies of a checkpoint: its theta, its scaling (none, `linear`, `llama3`; others are
/// refused by name; a GGUF factor without a type is `linear`) and, in GGUF, the tensor
/// `rope_freqs.weight` of divisors, whose name is then in `tensor`. They are computed in f64 and
/// rounded once. Errors are stored in `read`.
struct RopeFrequencies {
  double theta = 0;
  /// The scaling for display: "none", "linear", "llama3" or "factors".
  std::string scaling = "none";
  std::vector<float> values;
  std::string tensor;
};
RopeFrequencies readRopeFrequencies(HyperParameters &read, int64_t rotated);

} // namespace weft
