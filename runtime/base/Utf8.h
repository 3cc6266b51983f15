// UTF-8 as bytes come, valid or not.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weft {

/// One step through a text: a character, or bytes that are none.
struct Utf8Char {
  enum class Kind {
    Valid,
    Invalid,  ///< `length` bytes that no continuation could make a character
    Truncated ///< the text ends inside a character that began well
  };
  char32_t code;
  unsigned length; ///< 1 to 4 bytes; for invalid ones the maximal subpart (Unicode, section 3.9)
  Kind kind;
};

/// The character at byte `at`, which must lie inside `text`.
Utf8Char charAt(std::string_view text, size_t at);

/// Whether `byte` can only stand inside a character, behind its first byte.
inline bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

bool isValidUtf8(std::string_view text);

/// The length of the longest valid prefix.
size_t validPrefix(std::string_view text);

void appendUtf8(std::string &text, char32_t code);

/// `text` with every invalid or truncated sequence replaced by U+FFFD.
std::string repairUtf8(std::string_view text);

inline constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";

} // namespace weft
