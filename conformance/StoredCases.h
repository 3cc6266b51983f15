// Cases that were compiled and evaluated on one machine, to be run on another that has no compiler.
#pragma once

#include "conformance/SessionRun.h"

#include <span>
#include <string>
#include <vector>

namespace weft::conformance {

/// A case with all that running it takes. On disk: a line of cases.txt, and beside it NUMBER.weft,
/// NUMBER.calls and NUMBER.expected.
struct StoredCase {
  std::string op, shape;
  /// Of the relative error over all results.
  double tolerance = 0;
  /// The path of its artifact.
  std::string artifact;
  /// The calls as they are, and their tokens one by one: the same results in the same order.
  SessionRun whole, single;
  /// Those of the reference.
  std::vector<float> expected;
};

/// Adds `one` to those in `folder`, as its case of that number; the artifact is copied. Errors: a
/// file that cannot be written.
Result<void> store(const StoredCase &one, unsigned number, const std::string &folder);

/// All cases of a folder, in order. Errors name the file, and what was expected in it.
Result<std::vector<StoredCase>> readStored(const std::string &folder);

/// ||a - b|| / ||b|| over the places where neither is NaN; infinite where they are not of one
/// length, or just one of them is NaN somewhere.
double relativeError(std::span<const float> a, std::span<const float> b);
/// Whether both have the same bits; one NaN is as good as another.
bool sameBits(std::span<const float> a, std::span<const float> b);

/// What a case gave on a device.
struct StoredOutcome {
  /// The larger one of the two runs; infinite where one failed.
  double error = 0;
  /// Whether both runs gave the same bits, and a third one those of the first.
  bool sameBits = false, repeats = false;
  /// Why it failed, in one line; "" where it passed.
  std::string message;
};
StoredOutcome runStored(const StoredCase &one, const std::string &device);

} // namespace weft::conformance
