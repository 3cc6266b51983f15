// Escapes in string literals.
#pragma once

#include <string>
#include <string_view>

namespace weft::jinja {

/// Replaces Python's escapes in `inner`, the text between the quotes: \n, \x41, \u00e9, \U0001f600,
/// \101 and the like. Any other backslash stays.
std::string unescaped(std::string_view inner);

} // namespace weft::jinja
