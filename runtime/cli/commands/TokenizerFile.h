// The tokenizer that a file holds, whatever its format.
#pragma once

#include "runtime/base/Error.h"

#include <string>

namespace weft::cli {

/// The text of a tokenizer.json: that of the file itself, of an artifact, or one made from
/// SentencePiece's tokenizer.model or from ENCODING.tiktoken. Errors name the file; whether the
/// text is a good tokenizer.json is for its reader to find out.
Result<std::string> readTokenizerJson(const std::string &path);

} // namespace weft::cli
