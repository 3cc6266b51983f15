// Finds the tokens that options name.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <string>

namespace weft::cli {

/// Returns the id of the token `name` that the user gave to `option`. If `isId`, `name` is a
/// number; else it is the text that the token adds in the middle of a text, as --logprobs writes it
/// (" the"), or a special token ("</s>"). Errors, which name `option`: a text that is not one
/// token, or an id that is not below `vocabulary`.
Result<int32_t> tokenNamed(const char *option, const std::string &name, bool isId,
                           const text::Tokenizer &tokenizer, uint32_t vocabulary);

} // namespace weft::cli
