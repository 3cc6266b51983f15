// Vocabularies as OpenAI's tiktoken stores them: a line for each token, its bytes in Base64
// and its rank, which is its id.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <string_view>

namespace weft::text {

/// Whether `file` looks like one: its first line is Base64, a space and a number.
bool looksLikeTiktoken(std::string_view file);

/// A tokenizer.json that gives tiktoken's ids. The file says neither how text is cut nor which
/// special tokens there are; both follow from `name`, the name of the encoding (gpt2,
/// cl100k_base, o200k_base, llama3, qwen, ...). Errors name the line, or the names known.
Result<std::string> tiktokenAsJson(std::string_view file, std::string_view name);

} // namespace weft::text
