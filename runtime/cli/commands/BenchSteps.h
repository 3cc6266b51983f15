// weft bench --step-by-line: runs steps on demand, for benchmarks/turns.
#pragma once

#include "runtime/generate/Decoder.h"

#include <cstdint>

namespace weft::cli {

/// For each line of standard input, does one step and writes a line with the seconds that it took,
/// until input or output is closed. If `newTokens` is 0, a step computes a prompt of `prompt`
/// tokens from position 0 on. Otherwise the prompt is computed once, and a step decodes one token
/// at the next of the positions prompt .. prompt + newTokens - 1, over and over. Output is written
/// when no whole line is waiting, so steps requested together run back to back. Errors: those of
/// the decoder; standard input cannot be read.
Result<void> stepByLine(Decoder &decoder, uint64_t prompt, uint64_t newTokens);

} // namespace weft::cli
