// Finds the tokens of a GGUF file that end a text, by their spelling.
#pragma once

#include "frontend/gguf/GgufVocabulary.h"

namespace weft {

/// Returns the ids of the tokens that end a text or a turn by their published spelling, in
/// ascending order and whatever their type: many files give them the type of ordinary or
/// user-defined tokens. The spellings are llama.cpp's.
std::vector<int32_t> endTokensByText(const GgufVocabulary &vocabulary);

/// Corrects the types of tokens by their spelling. A token of endTokensByText() becomes a control
/// token, so that it is found in a prompt and left out of the text. The marks around the channels
/// of gpt-oss become part of the text.
void correctTypesByText(GgufVocabulary &vocabulary);

} // namespace weft
