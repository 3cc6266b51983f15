// Names that come from a file, made fit for a one-line message.
#pragma once

#include <string>
#include <string_view>

namespace weft {

/// `text` in single quotes, cut after 120 bytes; control bytes are written as \xNN, so that
/// a name from a hostile file neither breaks the line nor reaches the terminal.
inline std::string inQuotes(std::string_view text) {
  constexpr size_t longest = 120;
  constexpr char digits[] = "0123456789abcdef";
  std::string result = "'";
  for (unsigned char byte : text.substr(0, longest)) {
    if (byte < 0x20 || byte == 0x7f) {
      result += "\\x";
      result += digits[byte >> 4];
      result += digits[byte & 15];
    } else {
      result += static_cast<char>(byte);
    }
  }
  if (text.size() > longest)
    result += "...";
  return result + "'";
}

} // namespace weft
