// What a backend has to compute: every op at awkward sizes, in every storage format.
#pragma once

#include "conformance/ModelText.h"
#include "conformance/SessionRun.h"
#include "passes/Passes.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weft::conformance {

/// A small model of one op, or of a few that backends take together, and what it is called with.
struct Case {
  std::string op;    // "products of blocks"
  std::string shape; // what of it: "q8, 131 x 160"
  /// The result: a value with a row for each token.
  std::function<TextValue(ModelText &)> build;
  /// Of the relative error ||a - b|| / ||b|| over all results.
  double tolerance;
  std::vector<Call> calls;
  std::optional<WeightFormat> quantize;
};

/// The reference sums in f64; f32 sums of a few hundred terms differ by a few 1e-7, so 1e-5
/// leaves room for the order and would not hide a wrong element.
inline constexpr double f32Tolerance = 1e-5;
/// Where values are rounded to f16, or keys and values to codes, one may fall the other way.
inline constexpr double roundedTolerance = 1e-3;
/// Where activations computed in another order are rounded to codes, one may.
inline constexpr double codesTolerance = 5e-3;

/// A call of `count` tokens of sequence `sequence` from position `first`, all rows wanted. No two
/// of the first few hundred positions have the same token, where the vocabulary has as many.
Call callOf(int32_t count, int32_t first = 0, int32_t sequence = 0);

/// All cases, those of one op behind each other.
std::vector<Case> allCases();

} // namespace weft::conformance
