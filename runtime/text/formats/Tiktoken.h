// Converts OpenAI's .tiktoken files: a line for each token, with its bytes in Base64 and its rank,
// which is its id.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <string_view>

namespace weft::text {

/// Says whether `file` looks like a .tiktoken file: its first line is Base64, a space and a number.
bool looksLikeTiktoken(std::string_view file);

/// Converts `file` to a tokenizer.json that gives tiktoken's ids. `name` is the name of the
/// encoding (gpt2, cl100k_base, o200k_base, llama3, qwen, ...), which decides how text is split and
/// which special tokens exist, as the file does not say. Errors name a malformed line, or list the
/// known names.
Result<std::string> tiktokenAsJson(std::string_view file, std::string_view name);

} // namespace weft::text
