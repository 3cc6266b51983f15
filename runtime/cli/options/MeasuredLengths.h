// Prompt and context lengths for weft bench and weft profile.
#pragma once

#include "runtime/program/Session.h"

#include <cstdint>

namespace weft::cli {

/// Makes the context long enough for the prompt and `newTokens` after it. If the user did not
/// choose the prompt's length (`promptGiven` is false), it is shortened to fit the model's context.
/// Errors: both lengths are 0; the user's context is too short.
Result<void> chooseLengths(SessionOptions &session, uint64_t &prompt, uint64_t newTokens,
                           bool promptGiven, uint64_t modelContext);

} // namespace weft::cli
