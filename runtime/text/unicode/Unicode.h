// The classes of characters and the normal forms that tokenizers ask for.
//
// Ids must equal those of Hugging Face `tokenizers`, whose parts know different versions of
// Unicode: its regular expressions 16, its case tables 17, BERT's classes 8, its normal forms
// and StripAccents 9. Each function says which; a younger character is unassigned to it.
#pragma once

#include <string>
#include <string_view>

namespace weft::unicode {

/// Property White_Space.
bool isWhitespace(char32_t code);
/// General category N, Unicode 17.
bool isNumeric(char32_t code);
/// General category P, Unicode 8, or an ASCII symbol.
bool isPunctuation(char32_t code);
/// `\w` of UTS 18: letters, marks, digits, connectors, joiners.
bool isWord(char32_t code);
/// General category M, Unicode 9.
bool isCombiningMark(char32_t code);
/// General category Mn, Unicode 8.
bool isBertAccent(char32_t code);
/// General category C, Unicode 8, but for tab and line ends.
bool isBertControl(char32_t code);
/// The blocks that BERT calls Chinese characters.
bool isBertIdeograph(char32_t code);

/// `text` in lower case, character by character, Unicode 17. Bytes that are no UTF-8 stay.
std::string lowerCase(std::string_view text);
/// The same for one code point; U+0130 alone becomes two.
std::u32string lowerCase(char32_t code);

/// The end of the grapheme (what a reader takes for one character) that begins at `begin`.
/// Bytes that are no UTF-8 are each their own.
size_t graphemeEnd(std::string_view text, size_t begin);

struct NormalForm {
  /// The K of NFKC and NFKD.
  bool compatibility;
  /// The C of NFC and NFKC.
  bool compose;
};

/// `text` in a normal form of Unicode 9. Bytes that are no UTF-8 stay. Time is n log n even
/// for long runs of combining marks.
std::string normalForm(std::string_view text, NormalForm form);

} // namespace weft::unicode
