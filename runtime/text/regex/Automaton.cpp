#include "runtime/text/regex/Automaton.h"

#include "runtime/text/regex/Program.h"

namespace weft::regex {

size_t Automaton::matchAt(std::string_view text, size_t begin) const {
  const unsigned width = classes + 1;
  const auto *bytes = reinterpret_cast<const unsigned char *>(text.data());
  const size_t size = text.size();
  size_t at = begin, end = begin;
  unsigned state = 1;
  while (at < size) {
    const unsigned lead = bytes[at];
    unsigned kind, length = 1;
    if (lead < 0x80) {
      kind = lowClasses[lead];
    } else {
      char32_t code;
      if (lead < 0xE0) {
        code = (lead & 0x1F) << 6 | (bytes[at + 1] & 0x3F);
        length = 2;
      } else if (lead < 0xF0) {
        code = (lead & 0x0F) << 12 | (bytes[at + 1] & 0x3F) << 6 | (bytes[at + 2] & 0x3F);
        length = 3;
      } else {
        code = (lead & 0x07) << 18 | (bytes[at + 1] & 0x3F) << 12 | (bytes[at + 2] & 0x3F) << 6 |
               (bytes[at + 3] & 0x3F);
        length = 4;
      }
      kind = classOf(code);
    }
    const uint16_t step = next[state * width + kind];
    if (step & matched)
      end = at;
    state = step & ~matched;
    if (state == 0)
      return end;
    at += length;
  }
  return next[state * width + classes] & matched ? size : end;
}

} // namespace weft::regex
