#include "runtime/constrain/grammar/Scanner.h"

#include "runtime/base/Utf8.h"
#include "runtime/constrain/grammar/Grammar.h"

#include <algorithm>
#include <optional>

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

bool isHighSurrogate(char32_t value) { return value >= 0xD800 && value <= 0xDBFF; }
bool isLowSurrogate(char32_t value) { return value >= 0xDC00 && value <= 0xDFFF; }

/// What stands between the brackets of a class: a set, or one character, which may begin or end
/// a range. Half of a surrogate pair is a character here, which is in no set.
struct ClassMember {
  CodePoints set;
  std::optional<char32_t> single;
};

/// \uHHHH, \u{H...} or a pair \uD83D\uDE00, behind the u.
Result<char32_t> utf16Escape(Scanner &scanner) {
  auto first = scanner.hexadecimal(4);
  if (!first || !isHighSurrogate(*first) || !scanner.startsWith("\\u"))
    return first;
  const size_t place = scanner.place();
  scanner.skip(2);
  const auto second = scanner.hexadecimal(4);
  if (!second || !isLowSurrogate(*second)) {
    scanner.goTo(place);
    return first;
  }
  return 0x10000 + ((*first - 0xD800) << 10) + (*second - 0xDC00);
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
  if (value > CodePoints::last)
    return errorAt(begin, "expected a Unicode character, found too large a number");
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

namespace {

ClassMember setOf(CodePoints set) { return {std::move(set), std::nullopt}; }
ClassMember oneOf(char32_t character) { return {one(character), character}; }

Result<ClassMember> takeEscaped(Scanner &scanner) {
  const char name = scanner.peek();
  switch (name) {
  case 'd':
  case 'D':
    scanner.skip(1);
    return setOf(name == 'd' ? digits : digits.inverted());
  case 'w':
  case 'W':
    scanner.skip(1);
    return setOf(name == 'w' ? wordCharacters : wordCharacters.inverted());
  case 's':
  case 'S':
    scanner.skip(1);
    return setOf(name == 's' ? spaces : spaces.inverted());
  case 'x':
  case 'u':
  case 'U': {
    scanner.skip(1);
    auto character = name == 'u' ? utf16Escape(scanner) : scanner.hexadecimal(name == 'x' ? 2 : 8);
    if (!character)
      return failFrom(character);
    return oneOf(*character);
  }
  default:
    break;
  }
  constexpr std::string_view controls = "nrtfv0", meanings = std::string_view("\n\r\t\f\v\0", 6);
  if (const size_t control = controls.find(name); name && control != std::string_view::npos) {
    scanner.skip(1);
    if (name == '0' && isDigit(scanner.peek()))
      return scanner.error("octal escapes are not supported; write \\xHH");
    return oneOf(char32_t(meanings[control]));
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
  return oneOf(*character);
}

Result<ClassMember> takeMember(Scanner &scanner) {
  if (scanner.take("\\"))
    return takeEscaped(scanner);
  auto character = scanner.character();
  if (!character)
    return failFrom(character);
  return oneOf(*character);
}

} // namespace

Result<CodePoints> takeEscape(Scanner &scanner) {
  auto member = takeEscaped(scanner);
  if (!member)
    return failFrom(member);
  return std::move(member->set);
}

Result<CodePoints> takeClass(Scanner &scanner) {
  const size_t begin = scanner.place();
  const bool isInverted = scanner.take("^");
  CodePoints set;
  while (!scanner.take("]")) {
    if (scanner.atEnd())
      return scanner.errorAt(begin, "expected \"]\" to end the character class, found the end");
    const size_t place = scanner.place();
    auto low = takeMember(scanner);
    if (!low)
      return failFrom(low);
    if (scanner.peek() == '-' && scanner.peek(1) != ']' && scanner.peek(1) != 0) {
      scanner.skip(1);
      auto high = takeMember(scanner);
      if (!high)
        return failFrom(high);
      if (!low->single || !high->single || *low->single > *high->single)
        return scanner.errorAt(place, "expected a range of characters in order");
      set.add(*low->single, *high->single);
    } else {
      set.add(low->set);
    }
  }
  return isInverted ? set.inverted() : set;
}

} // namespace weft::constrain
