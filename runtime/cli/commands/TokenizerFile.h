// Reads a tokenizer from a file of any supported format.
#pragma once

#include "runtime/base/Error.h"

#include <string>

namespace weft::cli {

/// Returns the text of a tokenizer.json: `path` itself, the one in an artifact, or one converted
/// from SentencePiece's tokenizer.model or from ENCODING.tiktoken. Errors name the file. Does not
/// check whether the text is a valid tokenizer.json.
Result<std::string> readTokenizerJson(const std::string &path);

} // namespace weft::cli
