// The escapes of a string in a template.
#pragma once

#include <string>
#include <string_view>

namespace weft::jinja {

/// What stands between the quotes, with Python's escapes replaced: \n, \x41, \u00e9,
/// \U0001f600, \101 and the like. A backslash before anything else stays.
std::string unescaped(std::string_view inner);

} // namespace weft::jinja
