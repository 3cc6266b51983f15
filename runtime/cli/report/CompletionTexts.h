// Writes completions as JSON or text.
#pragma once

#include "runtime/cli/report/Json.h"
#include "runtime/complete/Complete.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <span>
#include <string>

namespace weft::cli {

/// Returns an array of {"text", "tokens", "stop"} objects; with log-probabilities also "logprobs"
/// (see docs/generation.md), with beam search also "score" and "logprob".
Json describe(std::span<const complete::Completion> texts, const text::Tokenizer &tokenizer);

/// Writes the prompt followed by each completion to standard output. If there are several, each has
/// a heading.
Result<void> writeTexts(const std::string &prompt, std::span<const complete::Completion> texts);

} // namespace weft::cli
