// Tokens as options name them.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <string>

namespace weft::cli {

/// The token that `option` was given: a number where `isId`, otherwise the text that the token
/// adds in the middle of a text, as --logprobs writes it (" the"), special tokens among them
/// ("</s>"). Errors, which name `option`: a text that is not one token, an id that is not below
/// `vocabulary`.
Result<int32_t> tokenNamed(const char *option, const std::string &name, bool isId,
                           const text::Tokenizer &tokenizer, uint32_t vocabulary);

} // namespace weft::cli
