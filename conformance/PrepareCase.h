// Compiles a case and computes its expected results.
#pragma once

#include "compiler/Compilation.h"
#include "conformance/Cases.h"
#include "conformance/StoredCases.h"

#include <span>

namespace weft::conformance {

/// A compiled case and its expected results.
struct PreparedCase {
  std::string artifact;
  /// The calls of the case, with token ids within the vocabulary.
  std::vector<Call> calls;
  /// The concatenated logits of all calls by the reference evaluator.
  std::vector<float> expected;
  /// The context, enough for all positions. The default is not a whole number of pages.
  uint64_t context = 133;

  /// Returns the calls split into calls of one token each if they ask for the logits of all tokens,
  /// and unchanged otherwise. The results are the same, in the same order.
  std::vector<Call> singly() const;
};

/// Writes the model of a case to `folder`, compiles it there with `options`, and evaluates it after
/// its weights are quantized. Errors: those of the compiler.
Result<PreparedCase> prepare(const ModelText &model, const TextValue &result, const Case &one,
                             const std::string &folder, CompilationOptions options);
/// The same with the model that the case builds.
Result<PreparedCase> prepare(const Case &one, const std::string &folder,
                             CompilationOptions options);

/// Returns the module of a model that returns `result` with a row for each token whose logits are
/// asked for.
std::string moduleOf(const ModelText &model, const TextValue &result);

} // namespace weft::conformance
