#include "runtime/base/Utf8.h"

#include <simdjson.h>

namespace weft {

Utf8Char charAt(std::string_view text, size_t at) {
  using Kind = Utf8Char::Kind;
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80)
    return {lead, 1, Kind::Valid};

  // Narrower bounds for the second byte rule out overlong forms, surrogates and
  // everything above U+10FFFF (Unicode, table 3-7).
  unsigned length, low = 0x80, high = 0xBF;
  char32_t code;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
    code = lead & 0x1F;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    code = lead & 0x0F;
    low = lead == 0xE0 ? 0xA0 : low;
    high = lead == 0xED ? 0x9F : high;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    code = lead & 0x07;
    low = lead == 0xF0 ? 0x90 : low;
    high = lead == 0xF4 ? 0x8F : high;
  } else {
    return {lead, 1, Kind::Invalid};
  }
  for (unsigned i = 1; i < length; ++i, low = 0x80, high = 0xBF) {
    if (at + i == text.size())
      return {lead, i, Kind::Truncated};
    if (byte(i) < low || byte(i) > high)
      return {lead, i, Kind::Invalid};
    code = code << 6 | (byte(i) & 0x3F);
  }
  return {code, length, Kind::Valid};
}

bool isValidUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

size_t validPrefix(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    Utf8Char c = charAt(text, at);
    if (c.kind != Utf8Char::Kind::Valid)
      break;
    at += c.length;
  }
  return at;
}

void appendUtf8(std::string &text, char32_t code) {
  auto put = [&](char32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

std::string repairUtf8(std::string_view text) {
  std::string repaired;
  repaired.reserve(text.size() + 16);
  while (!text.empty()) {
    size_t valid = validPrefix(text);
    repaired += text.substr(0, valid);
    text.remove_prefix(valid);
    if (text.empty())
      break;
    repaired += replacementCharacter;
    text.remove_prefix(charAt(text, 0).length);
  }
  return repaired;
}

} // namespace weft
