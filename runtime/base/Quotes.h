// Texts that come from a file, made fit for a one-line message.
#pragma once

#include <string>
#include <string_view>

namespace weft {

/// `text` cut after `longest` bytes; control bytes and what is no UTF-8 are written as \xNN, so
/// that a name from a hostile file neither breaks the line nor reaches the terminal.
std::string onOneLine(std::string_view text, size_t longest);

/// The same in single quotes, cut after 120 bytes.
std::string inQuotes(std::string_view text);

} // namespace weft
