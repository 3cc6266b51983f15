// The conformance suite: all cases on one device against the reference.
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
  NotTaken, // the backend leaves all kernels of the case to others, as it may
};
std::string_view nameOf(Verdict verdict);

struct Outcome {
  const Case *one;
  Verdict verdict = Verdict::Failed;
  /// The larger one of the calls as they are and of their tokens one by one.
  double error = 0;
  /// Whether both gave the same bits.
  bool sameBits = false;
  /// Kernels of the case that other backends took, and all.
  unsigned elsewhere = 0, kernels = 0;
  /// Why it failed, in one line.
  std::string message;
};

struct SuiteOptions {
  /// A name that both registries know, with a number or not: "vulkan:1". It is the target too.
  std::string device;
  unsigned threads = 1;
  /// A folder that gets every case as it was compiled (StoredCases.h); "": none.
  std::string writeCases;
  /// Told after each case.
  std::function<void(const Outcome &)> progress;
};

/// Compiles each of `cases` for the device's target in a folder of its own below that of
/// temporary files, runs it on the device, and compares. Errors: no such target or device.
Result<std::vector<Outcome>> run(std::span<const Case> cases, const SuiteOptions &options);

/// Outcomes by op.
struct Line {
  std::string op;
  unsigned passed = 0, failed = 0, notTaken = 0, sameBits = 0;
  /// The largest, relative to its own tolerance.
  double worst = 0, tolerance = 0;
};
std::vector<Line> linesOf(const std::vector<Outcome> &outcomes);

} // namespace weft::conformance
