// weft bench --step-by-line: a model as one of the sides of benchmarks/turns.
#pragma once

#include "runtime/generate/Decoder.h"

#include <cstdint>

namespace weft::cli {

/// For each line of standard input does one step and writes a line with the seconds that it
/// took, until there are no more lines or no reader. With `newTokens` of 0 a step is a prompt of
/// `prompt` tokens from the first position on; otherwise it decodes one token, at the positions
/// prompt .. prompt + newTokens - 1 over and over, behind a prompt that is read before the first.
/// Answers are written when no whole line waits any more, so that steps asked for together
/// follow each other at once. Errors: those of the decoder; standard input cannot be read.
Result<void> stepByLine(Decoder &decoder, uint64_t prompt, uint64_t newTokens);

} // namespace weft::cli
