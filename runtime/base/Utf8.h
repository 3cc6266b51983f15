// Decoding and repair of UTF-8 that may be invalid.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace weft {

/// What charAt() finds at one place of a text: a character, or bytes that are not one.
struct Utf8Char {
  enum class Kind {
    Valid,
    Invalid,  ///< `length` bytes that can begin no valid character
    Truncated ///< the text ends in the middle of a character
  };
  char32_t code;
  unsigned length; ///< 1 to 4 bytes; if invalid, the maximal subpart (Unicode, section 3.9)
  Kind kind;
};

/// Decodes the character at byte `at`, which must be less than the size of `text`.
Utf8Char charAt(std::string_view text, size_t at);

/// Says whether `byte` is a UTF-8 continuation byte (10xxxxxx).
inline bool isContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// Says whether all of `text` is valid UTF-8.
bool isValidUtf8(std::string_view text);

/// Returns the number of bytes in the longest prefix of `text` that is valid UTF-8.
size_t validPrefix(std::string_view text);

/// Appends `code` to `text` as UTF-8.
void appendUtf8(std::string &text, char32_t code);

/// Returns `text` with every invalid or truncated sequence replaced by U+FFFD.
std::string repairUtf8(std::string_view text);

inline constexpr std::string_view replacementCharacter = "\xEF\xBF\xBD";

} // namespace weft
