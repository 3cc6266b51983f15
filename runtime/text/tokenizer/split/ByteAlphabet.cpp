#include "runtime/text/tokenizer/split/ByteAlphabet.h"

#include "runtime/base/Utf8.h"

#include <array>

namespace weft::text {

namespace {

struct Alphabet {
  std::array<char32_t, 256> character{};
  std::array<int, byteAlphabetEnd> byte{};
};

/// Bytes that Latin-1 prints stand for themselves, the others follow from U+0100 on.
constexpr Alphabet makeAlphabet() {
  Alphabet alphabet;
  alphabet.byte.fill(-1);
  char32_t next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const bool printable =
        (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    char32_t character = printable ? byte : next++;
    alphabet.character[byte] = character;
    alphabet.byte[character] = static_cast<int>(byte);
  }
  return alphabet;
}

constexpr Alphabet alphabet = makeAlphabet();

} // namespace

void appendAsByteCharacters(std::string &out, std::string_view bytes) {
  for (char byte : bytes)
    appendUtf8(out, alphabet.character[static_cast<unsigned char>(byte)]);
}

std::optional<std::string> bytesOfCharacters(std::string_view token) {
  std::string bytes;
  for (size_t at = 0; at < token.size();) {
    Utf8Char c = charAt(token, at);
    if (c.kind != Utf8Char::Kind::Valid || c.code >= byteAlphabetEnd || alphabet.byte[c.code] < 0)
      return std::nullopt;
    bytes.push_back(static_cast<char>(alphabet.byte[c.code]));
    at += c.length;
  }
  return bytes;
}

} // namespace weft::text
