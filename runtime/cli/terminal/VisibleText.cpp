#include "runtime/cli/terminal/VisibleText.h"

#include <fmt/format.h>

namespace weft::cli {

std::string visibleText(std::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    if (byte == '\r')
      continue;
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
      visible += fmt::format("\\u{:04X}", byte);
    } else if (byte == 0xC2 && next >= 0x80 && next < 0xA0) { // C1 in UTF-8
      visible += fmt::format("\\u{:04X}", next);
      ++i;
    } else {
      visible += text[i];
    }
  }
  return visible;
}

} // namespace weft::cli
