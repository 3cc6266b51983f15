// Completions as the commands write them.
#pragma once

#include "runtime/cli/report/Json.h"
#include "runtime/complete/Complete.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <span>
#include <string>

namespace weft::cli {

/// An array of {"text", "tokens", "stop"}, and what else was asked for: "logprobs" (as
/// docs/generation.md has them), or of beams "score" and "logprob".
Json describe(std::span<const complete::Completion> texts, const text::Tokenizer &tokenizer);

/// Writes the prompt with each completion to standard output, several one after another, each
/// below a heading.
Result<void> writeTexts(const std::string &prompt, std::span<const complete::Completion> texts);

} // namespace weft::cli
