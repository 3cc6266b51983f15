// The alphabet of byte-level vocabularies: one printable character for each byte, as GPT-2
// introduced it (a space is written Ġ, a newline Ċ).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weft::text {

/// All characters of the alphabet are below this.
inline constexpr char32_t byteAlphabetEnd = 0x144;

/// Appends the characters that stand for the bytes of `bytes`.
void appendAsByteCharacters(std::string &out, std::string_view bytes);

/// Returns the bytes that a token of such characters stands for, or nothing if it has another
/// character.
std::optional<std::string> bytesOfCharacters(std::string_view token);

} // namespace weft::text
