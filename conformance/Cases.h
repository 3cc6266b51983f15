// The conformance cases: every op at awkward sizes, in every storage format.
#pragma once

#include "conformance/ModelText.h"
#include "conformance/SessionRun.h"
#include "passes/Passes.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::conformance {

/// A small model of one op, or of a few that backends compile together, and the calls to make.
struct Case {
  std::string op;    // "products of blocks"
  std::string shape; // its variation: "q8, 131 x 160"
  /// Builds the model and returns its result, a value with a row for each token.
  std::function<TextValue(ModelText &)> build;
  /// The largest allowed relative error ||a - b|| / ||b|| over all results.
  double tolerance;
  std::vector<Call> calls;
  std::optional<WeightFormat> quantize;
};

/// The reference sums in f64. f32 sums of a few hundred terms differ from it by a few 1e-7, so 1e-5
/// allows any order of sums and would not hide a wrong element.
inline constexpr double f32Tolerance = 1e-5;
/// For values that are rounded to f16, and keys and values that are rounded to codes: one of them
/// may be rounded to the other neighbour.
inline constexpr double roundedTolerance = 1e-3;
/// For activations that are computed in another order and then rounded to codes: one of them may be
/// rounded to the other neighbour.
inline constexpr double codesTolerance = 5e-3;

/// Returns a call of `count` tokens of sequence `sequence` from position `first`, with logits for
/// all of them. The first few hundred positions have different tokens if the vocabulary has as
/// many.
Call callOf(int32_t count, int32_t first = 0, int32_t sequence = 0);

/// Returns all cases; cases of one op are consecutive.
std::vector<Case> allCases();

} // namespace weft::conformance
