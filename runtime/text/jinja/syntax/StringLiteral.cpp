#include "runtime/text/jinja/syntax/StringLiteral.h"

#include "runtime/base/Utf8.h"

#include <algorithm>
#include <charconv>

namespace weft::jinja {

namespace {

/// Exactly `digits` hexadecimal digits, or 1 to `digits` octal ones, from the front of `rest`.
/// Returns how many were taken, 0 where there is no such number or no such character.
size_t readCode(std::string_view rest, size_t digits, int base, char32_t &code) {
  uint32_t value = 0;
  const char *end = rest.data() + std::min(digits, rest.size());
  auto [stop, error] = std::from_chars(rest.data(), end, value, base);
  const auto taken = size_t(stop - rest.data());
  const bool isCharacter = value < 0x110000 && (value < 0xD800 || value > 0xDFFF);
  if (error != std::errc() || !isCharacter || (base == 16 && taken != digits))
    return 0;
  code = value;
  return taken;
}

/// Appends what the escape after a backslash stands for; returns the bytes it took of
/// `rest`, 0 where it is none.
size_t replaceEscape(std::string_view rest, std::string &out) {
  constexpr std::string_view names = "\\'\"abfnrtv", meanings = "\\'\"\a\b\f\n\r\t\v";
  const char c = rest.front();
  if (const size_t known = names.find(c); known != names.npos) {
    out += meanings[known];
    return 1;
  }
  if (c == '\n')
    return 1;
  const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  char32_t code = 0;
  size_t taken = 0;
  if (digits > 0) {
    taken = readCode(rest.substr(1), digits, 16, code);
    taken += taken > 0;
  } else if (c >= '0' && c <= '7') {
    taken = readCode(rest, 3, 8, code);
  }
  if (taken > 0)
    appendUtf8(out, code);
  return taken;
}

} // namespace

std::string unescaped(std::string_view inner) {
  std::string out;
  for (size_t at = 0; at < inner.size();) {
    if (inner[at] == '\\' && at + 1 < inner.size()) {
      if (const size_t taken = replaceEscape(inner.substr(at + 1), out); taken > 0) {
        at += 1 + taken;
        continue;
      }
    }
    out += inner[at++];
  }
  return out;
}

} // namespace weft::jinja
