// Character classes and normal forms for tokenizers.
//
// Ids must equal those of Hugging Face `tokenizers`, whose parts use different versions of Unicode:
// its regular expressions 16, its case tables 17, BERT's classes 8, its normal forms and
// StripAccents 9. Each function names its version; characters that are newer are unassigned to it.
#pragma once

#include <string>
#include <string_view>

namespace weft::unicode {

/// Says whether `code` has the property White_Space.
bool isWhitespace(char32_t code);
/// Says whether `code` is of general category N in Unicode 17.
bool isNumeric(char32_t code);
/// Says whether `code` is of general category P in Unicode 8, or an ASCII symbol.
bool isPunctuation(char32_t code);
/// Says whether `code` is `\w` of UTS 18: a letter, mark, digit, connector or joiner.
bool isWord(char32_t code);
/// Says whether `code` is of general category M in Unicode 9.
bool isCombiningMark(char32_t code);
/// Says whether `code` is of general category Mn in Unicode 8.
bool isBertAccent(char32_t code);
/// Says whether `code` is of general category C in Unicode 8, except tab and line ends.
bool isBertControl(char32_t code);
/// Says whether `code` is in a block that BERT calls Chinese characters.
bool isBertIdeograph(char32_t code);

/// Returns `text` in lower case, character by character, by Unicode 17. Invalid UTF-8 stays.
std::string lowerCase(std::string_view text);
/// Returns `code` in lower case; only U+0130 becomes two code points.
std::u32string lowerCase(char32_t code);

/// Returns the end of the grapheme (what a reader sees as one character) that begins at `begin`.
/// Each invalid UTF-8 byte is its own grapheme.
size_t graphemeEnd(std::string_view text, size_t begin);

/// One of NFC, NFD, NFKC and NFKD.
struct NormalForm {
  /// Whether it is NFKC or NFKD.
  bool compatibility;
  /// Whether it is NFC or NFKC.
  bool compose;
};

/// Returns `text` in a normal form of Unicode 9. Invalid UTF-8 stays. Time is n log n, even for
/// long runs of combining marks.
std::string normalForm(std::string_view text, NormalForm form);

} // namespace weft::unicode
