// The conformance suite: runs all cases on one device and compares the results with the reference.
#pragma once

#include "compiler/Compilation.h"
#include "conformance/Cases.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace weft::conformance {

enum class Verdict : uint8_t {
  Passed,
  Failed,
  NotTaken, // the backend supports no kernel of the case, which is allowed
};
std::string_view nameOf(Verdict verdict);

struct Outcome {
  const Case *one;
  Verdict verdict = Verdict::Failed;
  /// The larger error of the calls of the case and of the same calls token by token.
  double error = 0;
  /// Whether both gave the same bits.
  bool sameBits = false;
  /// The kernels of the case that other backends run, and all kernels.
  unsigned elsewhere = 0, kernels = 0;
  /// The reason for a failure, in one line.
  std::string message;
};

struct SuiteOptions {
  /// The name of a device, optionally with a number: "vulkan:1". Both registries must know the
  /// name, which is also the target.
  std::string device;
  unsigned threads = 1;
  /// A folder to which every compiled case is written (StoredCases.h); "": none.
  std::string writeCases;
  /// Called after each case.
  std::function<void(const Outcome &)> progress;
};

/// Compiles each of `cases` for the device's target, in a folder of its own in the temporary
/// folder, runs it on the device, and compares the results. Errors: no such target or device.
Result<std::vector<Outcome>> run(std::span<const Case> cases, const SuiteOptions &options);

/// The outcomes of one op, as a line of the table.
struct Line {
  std::string op;
  unsigned passed = 0, failed = 0, notTaken = 0, sameBits = 0;
  /// The error that is largest relative to its tolerance, and that tolerance.
  double worst = 0, tolerance = 0;
};
/// Groups outcomes by op.
std::vector<Line> linesOf(const std::vector<Outcome> &outcomes);

} // namespace weft::conformance
