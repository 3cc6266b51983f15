// A case compiled, with the results it has to give.
#pragma once

#include "compiler/Compilation.h"
#include "conformance/Cases.h"
#include "conformance/StoredCases.h"

#include <span>

namespace weft::conformance {

struct PreparedCase {
  std::string artifact;
  /// As the case has them, tokens within the vocabulary.
  std::vector<Call> calls;
  /// The logits of all calls by the reference evaluator, one behind the other.
  std::vector<float> expected;
  /// Enough for all positions; the usual one is not a whole number of pages.
  uint64_t context = 133;

  /// The same tokens, one a call, where all rows were wanted, other calls as they are: the same
  /// results in the same order.
  std::vector<Call> singly() const;
};

/// Writes the model of a case to `folder`, compiles it there and evaluates it, as it is once
/// weights are quantized. `options` say for what to compile. Errors: those of the compiler.
Result<PreparedCase> prepare(const ModelText &model, const TextValue &result, const Case &one,
                             const std::string &folder, CompilationOptions options);
/// With the model that the case builds.
Result<PreparedCase> prepare(const Case &one, const std::string &folder,
                             CompilationOptions options);

/// The module of a model that gives `result`, a row for each wanted token.
std::string moduleOf(const ModelText &model, const TextValue &result);

} // namespace weft::conformance
