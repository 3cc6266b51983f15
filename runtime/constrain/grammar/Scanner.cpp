#include "runtime/constrain/grammar/Scanner.h"

#include "runtime/constrain/grammar/Grammar.h"
#include "runtime/base/Utf8.h"

#include <algorithm>

namespace weft::constrain {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

int hexValue(char c) {
  if (isDigit(c))
    return c - '0';
  const char lower = char(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

const CodePoints digits = {{'0', '9'}};
const CodePoints wordCharacters = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
const CodePoints spaces = {{0x09, 0x0D},     {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680},
                           {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
                           {0x3000, 0x3000}, {0xFEFF, 0xFEFF}};

CodePoints one(char32_t character) { return {{character, character}}; }

/// The only member, where there is just one.
bool single(const CodePoints &set, char32_t &member) {
  if (set.list().size() != 1 || set.list()[0].low != set.list()[0].high)
    return false;
  member = set.list()[0].low;
  return true;
}

Result<CodePoints> classMember(Scanner &scanner) {
  if (scanner.take("\\"))
    return takeEscape(scanner);
  auto character = scanner.character();
  if (!character)
    return failFrom(character);
  return one(*character);
}

} // namespace

bool Scanner::take(std::string_view prefix) {
  if (!startsWith(prefix))
    return false;
  at += prefix.size();
  return true;
}

Result<char32_t> Scanner::character() {
  if (atEnd())
    return error("expected a character, found the end");
  std::string_view rest = text.substr(at);
  char32_t character = 0;
  if (!takeCharacter(rest, character))
    return error("expected UTF-8, found a byte that begins no character");
  at = text.size() - rest.size();
  return character;
}

Result<char32_t> Scanner::hexadecimal(unsigned count) {
  const size_t begin = at;
  const bool inBraces = take("{");
  char32_t value = 0;
  unsigned taken = 0;
  for (; (inBraces || taken < count) && hexValue(peek()) >= 0 && value <= CodePoints::last;
       ++taken, ++at)
    value = value << 4 | char32_t(hexValue(peek()));
  if (taken == 0 || (inBraces ? !take("}") : taken < count))
    return error("expected " + std::to_string(count) + " hexadecimal digits, found " + found());
  if (value > CodePoints::last || (value >= 0xD800 && value <= 0xDFFF))
    return errorAt(begin, "expected a Unicode character, found a surrogate or too large a number");
  return value;
}

Result<uint32_t> Scanner::number(uint32_t most) {
  const size_t begin = at;
  if (!isDigit(peek()))
    return error("expected a number, found " + found());
  uint64_t value = 0;
  for (; isDigit(peek()); ++at)
    value = std::min<uint64_t>(value * 10 + uint64_t(peek() - '0'), UINT32_MAX);
  if (value > most)
    return errorAt(begin, "expected a number of at most " + std::to_string(most) + ", found " +
                              std::string(text.substr(begin, std::min<size_t>(at - begin, 20))));
  return uint32_t(value);
}

Result<std::pair<uint32_t, uint32_t>> Scanner::counts() {
  const size_t begin = at;
  std::pair<uint32_t, uint32_t> range = {0, unbounded};
  const bool hasLeast = peek() != ',';
  if (hasLeast) {
    auto least = number(mostRepeats);
    if (!least)
      return failFrom(least);
    range = {*least, *least};
  }
  if (take(",")) {
    range.second = unbounded;
    if (peek() != '}' || !hasLeast) {
      auto most = number(mostRepeats);
      if (!most)
        return failFrom(most);
      range.second = *most;
    }
  }
  if (!take("}"))
    return error("expected \"}\" behind the counts, found " + found());
  if (range.first > range.second)
    return errorAt(begin, "expected counts in order, found " + std::to_string(range.first) +
                              " before " + std::to_string(range.second));
  return range;
}

tl::unexpected<Error> Scanner::errorAt(size_t place, const std::string &message) const {
  size_t line = 1, column = 1;
  for (size_t i = 0; i < place; ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if (!isContinuation(text[i])) {
      ++column;
    }
  }
  return fail(what + ", line " + std::to_string(line) + ", column " + std::to_string(column) +
              ": " + message);
}

std::string Scanner::found() const {
  if (atEnd())
    return "the end";
  if (peek() == '\n')
    return "the end of the line";
  const auto byte = uint8_t(peek());
  if (byte < 0x20 || byte >= 0x7F) {
    constexpr char hex[] = "0123456789ABCDEF";
    return std::string("byte 0x") + hex[byte >> 4] + hex[byte & 15];
  }
  return std::string("\"") + peek() + "\"";
}

Result<CodePoints> takeEscape(Scanner &scanner) {
  const char name = scanner.peek();
  switch (name) {
  case 'd':
  case 'D':
    scanner.skip(1);
    return name == 'd' ? digits : digits.inverted();
  case 'w':
  case 'W':
    scanner.skip(1);
    return name == 'w' ? wordCharacters : wordCharacters.inverted();
  case 's':
  case 'S':
    scanner.skip(1);
    return name == 's' ? spaces : spaces.inverted();
  case 'x':
  case 'u':
  case 'U': {
    scanner.skip(1);
    auto character = scanner.hexadecimal(name == 'x' ? 2 : name == 'u' ? 4 : 8);
    if (!character)
      return failFrom(character);
    return one(*character);
  }
  default:
    break;
  }
  constexpr std::string_view controls = "nrtfv0", meanings = std::string_view("\n\r\t\f\v\0", 6);
  if (const size_t control = controls.find(name); name && control != std::string_view::npos) {
    scanner.skip(1);
    if (name == '0' && isDigit(scanner.peek()))
      return scanner.error("octal escapes are not supported; write \\xHH");
    return one(char32_t(meanings[control]));
  }
  if (name == 'p' || name == 'P')
    return scanner.error("Unicode properties (\\p{...}) are not supported; write ranges");
  if (name == 'b' || name == 'B' || name == 'A' || name == 'z' || name == 'Z' || name == 'G')
    return scanner.error(std::string("the assertion \\") + name + " is not supported");
  if (isDigit(name) || name == 'k')
    return scanner.error("references back to groups are not supported");
  if ((name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z') || scanner.atEnd())
    return scanner.error("expected an escape, found " + scanner.found() + " behind a backslash");
  auto character = scanner.character();
  if (!character)
    return failFrom(character);
  return one(*character);
}

Result<CodePoints> takeClass(Scanner &scanner) {
  const size_t begin = scanner.place();
  const bool isInverted = scanner.take("^");
  CodePoints set;
  while (!scanner.take("]")) {
    if (scanner.atEnd())
      return scanner.errorAt(begin, "expected \"]\" to end the character class, found the end");
    const size_t place = scanner.place();
    auto low = classMember(scanner);
    if (!low)
      return low;
    if (scanner.peek() == '-' && scanner.peek(1) != ']' && scanner.peek(1) != 0) {
      scanner.skip(1);
      auto high = classMember(scanner);
      if (!high)
        return high;
      char32_t from = 0, to = 0;
      if (!single(*low, from) || !single(*high, to) || from > to)
        return scanner.errorAt(place, "expected a range of characters in order");
      set.add(from, to);
    } else {
      set.add(*low);
    }
  }
  return isInverted ? set.inverted() : set;
}

} // namespace weft::constrain
