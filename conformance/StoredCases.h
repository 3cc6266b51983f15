// Stores cases that are compiled and evaluated on one machine, to run them on another without a
// compiler.
#pragma once

#include "conformance/SessionRun.h"

#include <span>
#include <string>
#include <vector>

namespace weft::conformance {

/// A case with everything that is needed to run it. On disk it is a line of cases.txt, and the
/// files NUMBER.weft, NUMBER.calls and NUMBER.expected beside it.
struct StoredCase {
  std::string op, shape;
  /// The largest allowed relative error over all results.
  double tolerance = 0;
  /// The path of its artifact.
  std::string artifact;
  /// The calls of the case, and the same calls token by token, which give the same results in the
  /// same order.
  SessionRun whole, single;
  /// The concatenated results of the reference.
  std::vector<float> expected;
};

/// Stores `one` in `folder` as case `number`; the artifact is copied. Errors: a file that cannot be
/// written.
Result<void> store(const StoredCase &one, unsigned number, const std::string &folder);

/// Reads all cases of a folder, in order. Errors: a missing or malformed file; the message names
/// the file and what was expected in it.
Result<std::vector<StoredCase>> readStored(const std::string &folder);

/// Returns ||a - b|| / ||b|| over the elements where neither is NaN; infinity if they differ in
/// length, or if only one of them is NaN at some element.
double relativeError(std::span<const float> a, std::span<const float> b);
/// Whether both have the same bits; one NaN is as good as another.
bool sameBits(std::span<const float> a, std::span<const float> b);

/// The outcome of a case on a device.
struct StoredOutcome {
  /// The larger error of `whole` and `single`; infinity if one failed.
  double error = 0;
  /// `sameBits`: `whole` and `single` gave the same bits. `repeats`: a second run of `whole` gave
  /// the same bits as the first.
  bool sameBits = false, repeats = false;
  /// The reason for a failure, in one line; "" if it passed.
  std::string message;
};
/// Runs a case on `device` and compares its results.
StoredOutcome runStored(const StoredCase &one, const std::string &device);

} // namespace weft::conformance
