// Text that others wrote, made fit for a terminal.
#pragma once

#include <string>
#include <string_view>

namespace weft::cli {

/// `text` with the control characters that could steer a terminal (C0 but newline and tab, DEL,
/// and C1) written as \uXXXX, which is what JSON has for them too; carriage returns are left
/// out. Bytes that are no UTF-8 stay: no terminal obeys them.
std::string visibleText(std::string_view text);

} // namespace weft::cli
