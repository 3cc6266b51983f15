// The classes of characters and the normal forms that tokenizers ask for.
#pragma once

#include <string>
#include <string_view>

namespace weft::text {

bool isWhitespace(char32_t code);  ///< property White_Space
bool isNumeric(char32_t code);     ///< general category N
bool isPunctuation(char32_t code); ///< general category P, or an ASCII symbol
bool isWord(char32_t code);        ///< `\w` of UTS 18: letters, marks, digits, connectors, joiners

/// `text` in lower case, character by character. Bytes that are no UTF-8 stay.
std::string lowerCase(std::string_view text);

struct NormalForm {
  bool compatibility; ///< the K of NFKC and NFKD
  bool compose;       ///< the C of NFC and NFKC
};

/// `text` in a normal form. Bytes that are no UTF-8 stay. Time is n log n even for long
/// runs of combining marks.
std::string normalForm(std::string_view text, NormalForm form);

} // namespace weft::text
