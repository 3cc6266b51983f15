// The JSON and the timing that weft run writes.
#pragma once

#include "runtime/cli/report/Json.h"
#include "runtime/complete/Complete.h"
#include "runtime/complete/StoredCompletions.h"

#include <string>

namespace weft::cli {

/// Everything that the report needs besides the completions.
struct RunReport {
  std::string prompt;
  const text::Tokenizer &tokenizer;
  uint64_t seed = 0;
  const complete::LoadedModel &model;
  /// Whether the completion cache is on.
  bool cached = false;

  /// Return the document of --json, for new and for stored completions.
  Json describe(const complete::Completions &completions) const;
  Json describe(const complete::StoredCompletion &stored) const;

  /// Write seconds and tokens per second to standard error.
  void writeTiming(const complete::Completions &completions) const;
  void writeTiming(const complete::StoredCompletion &stored, const std::string &path) const;
};

} // namespace weft::cli
