// The alphabet of byte-level vocabularies: one printable character for each byte, as GPT-2
// introduced it (a space is written Ġ, a newline Ċ).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weft::text {

/// Every character of the alphabet lies below this.
inline constexpr char32_t byteAlphabetEnd = 0x144;

/// Appends the characters that stand for the bytes of `bytes`.
void appendAsByteCharacters(std::string &out, std::string_view bytes);

/// The bytes that a token of such characters stands for; nothing if another character is in it.
std::optional<std::string> bytesOfCharacters(std::string_view token);

} // namespace weft::text
