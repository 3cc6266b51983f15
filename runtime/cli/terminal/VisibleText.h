// Makes untrusted text safe for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace weft::cli {

/// Returns `text` with control characters that a terminal could obey (C0 except newline and tab,
/// DEL, and C1) as \uXXXX, which is also how JSON writes them. Carriage returns are removed.
/// Invalid UTF-8 stays, as terminals ignore it.
std::string visibleText(std::string_view text);

} // namespace weft::cli
