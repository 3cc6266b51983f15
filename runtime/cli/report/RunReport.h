// What weft run says about its completions.
#pragma once

#include "runtime/cli/report/Json.h"
#include "runtime/complete/Complete.h"
#include "runtime/complete/StoredCompletions.h"

#include <string>

namespace weft::cli {

struct RunReport {
  std::string prompt;
  const text::Tokenizer &tokenizer;
  uint64_t seed = 0;
  const complete::LoadedModel &model;
  /// Whether stored completions were looked for.
  bool cached = false;

  /// The document of --json.
  Json describe(const complete::Completions &completions) const;
  Json describe(const complete::StoredCompletion &stored) const;

  /// Writes seconds and rates to standard error.
  void writeTiming(const complete::Completions &completions) const;
  void writeTiming(const complete::StoredCompletion &stored, const std::string &path) const;
};

} // namespace weft::cli
