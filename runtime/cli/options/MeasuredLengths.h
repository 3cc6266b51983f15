// Prompt and context lengths for weft bench and weft profile.
#pragma once

#include "runtime/program/Session.h"

#include <CLI/CLI.hpp>
#include <cstdint>

namespace weft::cli {

/// What a command measures: a prompt, and tokens decoded after it, several times.
struct MeasuredLengths {
  uint64_t prompt = 512, newTokens = 64, repeats = 5;
  CLI::Option *promptOption = nullptr;

  /// Adds -p, -n and -r to `app`. This object must outlive it.
  void addTo(CLI::App &app);
  /// Makes the context long enough for the prompt and the new tokens after it. If the user did not
  /// choose the prompt's length, it is shortened to fit the model's context. Errors: both lengths
  /// are 0; the user's context is too short.
  Result<void> fit(SessionOptions &session, uint64_t modelContext);
};

} // namespace weft::cli
