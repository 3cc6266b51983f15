// How long the texts are that bench and profile run.
#pragma once

#include "runtime/program/Session.h"

#include <cstdint>

namespace weft::cli {

/// Makes the context long enough for a prompt and `newTokens` behind it. A prompt that nobody
/// asked for (`promptGiven` is false) is shortened for a model of a short context. Errors: nothing
/// to run; a context that was asked for and is too short.
Result<void> chooseLengths(SessionOptions &session, uint64_t &prompt, uint64_t newTokens,
                           bool promptGiven, uint64_t modelContext);

} // namespace weft::cli
