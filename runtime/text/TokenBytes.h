// What each token adds to a text.
#pragma once

#include "runtime/text/Tokenizer.h"

#include <string>
#include <vector>

namespace weft::text {

/// [vocabularySize()]: the bytes that a token adds in the middle of a text, UTF-8 or not (a byte
/// token adds one, "▁the" adds " the"). Empty for special tokens and unused ids. Joined, they
/// are what decodeBytes() gives for tokens behind others; at the beginning of a text a decoder
/// may take a space away.
std::vector<std::string> tokenBytes(const Tokenizer &tokenizer);

} // namespace weft::text
