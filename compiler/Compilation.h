// One run of the compiler: a checkpoint or module in, an artifact or the module of a phase
// out.
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
  std::string output;                   // "" with compileTo: standard output
  std::optional<WeightFormat> quantize; // of matrices that the checkpoint holds dense
  Scalar scale = Scalar::F16;
  std::optional<Storage> kv; // of keys and values; by default as the weights ask for
  uint32_t context = 0;      // 0: the model's own
  /// What there is to be a program for; a kernel that one does not take falls to the others,
  /// then to the default target (backends/Registry.h).
  std::vector<std::string> targets{defaultTarget};
  std::vector<std::string> processors{"native"}; // for targets that have processors
  std::string tokenizer;                         // a tokenizer.json in place of the checkpoint's
  std::string chatTemplate;                      // a file in place of the checkpoint's
  std::string pruneVocabulary;                   // a report of `weft tokenizer prune`, or ""
  /// Whether an .mlir may name weights outside of its folder.
  bool allowSource = false;
  std::string dumpDirectory;
  std::optional<Phase> compileTo;
  unsigned threads = 0; // 0: one for each processor
  /// Measure how kernels are best compiled for the processor at hand, the only one there may
  /// be then: {"native"}.
  bool tune = false;
  /// Makes the backend of a target in place of the registry's; for tests and trials.
  std::function<Result<std::unique_ptr<Backend>>(const std::string &target, const BackendOptions &)>
      makeBackend;
  bool verbose = false;
  /// Told in one line which kernels a target leaves to others; standard error by default.
  std::function<void(const std::string &line)> say;
  /// Called before the error of a target that takes no kernel.
  std::function<void()> nothingTaken;
};

/// Runs it, phases and times to standard error where `verbose`. Errors are one line; where
/// there is one, no output was written.
Result<void> compile(const CompilationOptions &options);

} // namespace weft
