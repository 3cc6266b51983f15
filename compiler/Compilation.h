// One compilation: from a checkpoint or module to an artifact, or to the module of a phase.
#pragma once

#include "backends/Registry.h"
#include "passes/Pipelines.h"
#include "runtime/base/Error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace weft {

struct CompilationOptions {
  std::string input;
  std::string output;                   // a path; "" is standard output, with compileTo only
  std::optional<WeightFormat> quantize; // for matrices that the checkpoint stores dense
  Scalar scale = Scalar::F16;
  std::optional<Storage> kv; // of keys and values; by default ModelOptions::kv
  uint32_t context = 0;      // longest context in positions; 0: the model's own
  /// The targets, each of which gets a program. A kernel that one does not support goes to the
  /// others, then to the default target (backends/Registry.h).
  std::vector<std::string> targets{defaultTarget};
  std::vector<std::string> processors{"native"}; // of targets that compile for processors
  std::string tokenizer;                         // a tokenizer.json that replaces the checkpoint's
  std::string chatTemplate;                      // a file that replaces the checkpoint's
  std::string pruneVocabulary;                   // a report of `weft tokenizer prune`, or ""
  /// Whether an .mlir file may name weight files outside of its folder.
  bool allowSource = false;
  std::string dumpDirectory;
  std::optional<Phase> compileTo;
  unsigned threads = 0; // 0: one for each processor
  /// Measure the candidate schedules of each kernel on this machine. `processors` must then be
  /// {"native"}.
  bool tune = false;
  /// Replaces makeBackend() of the registry, for tests and experiments.
  std::function<Result<std::unique_ptr<Backend>>(const std::string &target, const BackendOptions &)>
      makeBackend;
  bool verbose = false;
  /// Called with a line for each target that leaves kernels to others; prints to standard error by
  /// default.
  std::function<void(const std::string &line)> say;
  /// Called before the error of a target that supports no kernel.
  std::function<void()> nothingTaken;
};

/// Runs a compilation; prints phases and times to standard error if `verbose`. Errors are one line;
/// after an error, no output was written.
Result<void> compile(const CompilationOptions &options);

} // namespace weft
