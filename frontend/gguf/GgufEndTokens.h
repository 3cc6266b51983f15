// Tokens of a GGUF file that end a text, known by how they are spelled.
#pragma once

#include "frontend/gguf/GgufVocabulary.h"

namespace weft {

/// Returns the ids of the tokens that end a text or a turn by their published spelling, in
/// ascending order and whatever their type: files say of many of them that they are ordinary
/// tokens, or words that a user defined. The spellings are those by which llama.cpp knows them.
std::vector<int32_t> endTokensByText(const GgufVocabulary &vocabulary);

/// Corrects the types of tokens whose spelling says what they are: a token of endTokensByText()
/// is a control token, so that it is found in a prompt and left out of the text; the marks
/// around the channels of gpt-oss are part of the text.
void correctTypesByText(GgufVocabulary &vocabulary);

} // namespace weft
