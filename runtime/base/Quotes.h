// Escapes text from a file or a user, so that it can stand in a one-line message.
#pragma once

#include <string>
#include <string_view>

namespace weft {

/// Returns at most the first `longest` bytes of `text`. Control bytes and invalid UTF-8 become
/// \xNN, so that a name from a hostile file cannot break the line or send the terminal escape
/// codes.
std::string onOneLine(std::string_view text, size_t longest);

/// Returns `text` as onOneLine() does, in single quotes and cut after 120 bytes.
std::string inQuotes(std::string_view text);

} // namespace weft
