#include "runtime/base/Quotes.h"

#include "runtime/base/Utf8.h"

namespace weft {

std::string onOneLine(std::string_view text, size_t longest) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  size_t at = 0;
  while (at < text.size()) {
    const Utf8Char c = charAt(text, at);
    if (at + c.length > longest)
      break;
    const std::string_view bytes = text.substr(at, c.length);
    // C1 controls are two bytes of UTF-8, and commands to some terminals.
    const bool plain =
        c.kind == Utf8Char::Kind::Valid && c.code >= 0x20 && (c.code < 0x7f || c.code > 0x9f);
    for (unsigned char byte : bytes) {
      if (plain)
        result += static_cast<char>(byte);
      else
        (result += "\\x").append({digits[byte >> 4], digits[byte & 15]});
    }
    at += c.length;
  }
  return at < text.size() ? result + "..." : result;
}

std::string inQuotes(std::string_view text) { return "'" + onOneLine(text, 120) + "'"; }

} // namespace weft
