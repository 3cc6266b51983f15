// What weft run says about its answers.
#pragma once

#include "runtime/complete/Complete.h"
#include "runtime/complete/LoadedModel.h"
#include "runtime/complete/StoredCompletions.h"

#include <string>

namespace weft::cli {

struct RunReport {
  std::string prompt;
  uint64_t seed = 0;
  const LoadedModel &model;
  /// Whether stored answers were looked for.
  bool cached = false;

  /// The document of --json.
  Json describe(const Answers &answers) const;
  Json describe(const StoredAnswer &stored) const;

  /// Seconds and rates, to standard error.
  void writeTiming(const Answers &answers) const;
  void writeTiming(const StoredAnswer &stored, const std::string &path) const;
};

} // namespace weft::cli
