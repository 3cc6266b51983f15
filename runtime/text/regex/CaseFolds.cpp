#include "runtime/text/regex/CaseFolds.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/regex/Expression.h"
#include "runtime/text/unicode/Unicode.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace weft::regex {

namespace {

struct Fold {
  char32_t code;
  std::u32string_view folded;
};

/// The full case foldings of Unicode 14 that are longer than a character.
// clang-format off
constexpr Fold folds[] = {
    {0xDF, U"ss"}, {0x130, U"i\u0307"}, {0x149, U"\u02BCn"}, {0x1F0, U"j\u030C"},
    {0x390, U"\u03B9\u0308\u0301"}, {0x3B0, U"\u03C5\u0308\u0301"}, {0x587, U"\u0565\u0582"},
    {0x1E96, U"h\u0331"}, {0x1E97, U"t\u0308"}, {0x1E98, U"w\u030A"}, {0x1E99, U"y\u030A"},
    {0x1E9A, U"a\u02BE"}, {0x1E9E, U"ss"}, {0x1F50, U"\u03C5\u0313"},
    {0x1F52, U"\u03C5\u0313\u0300"}, {0x1F54, U"\u03C5\u0313\u0301"},
    {0x1F56, U"\u03C5\u0313\u0342"}, {0x1F80, U"\u1F00\u03B9"}, {0x1F81, U"\u1F01\u03B9"},
    {0x1F82, U"\u1F02\u03B9"}, {0x1F83, U"\u1F03\u03B9"}, {0x1F84, U"\u1F04\u03B9"},
    {0x1F85, U"\u1F05\u03B9"}, {0x1F86, U"\u1F06\u03B9"}, {0x1F87, U"\u1F07\u03B9"},
    {0x1F88, U"\u1F00\u03B9"}, {0x1F89, U"\u1F01\u03B9"}, {0x1F8A, U"\u1F02\u03B9"},
    {0x1F8B, U"\u1F03\u03B9"}, {0x1F8C, U"\u1F04\u03B9"}, {0x1F8D, U"\u1F05\u03B9"},
    {0x1F8E, U"\u1F06\u03B9"}, {0x1F8F, U"\u1F07\u03B9"}, {0x1F90, U"\u1F20\u03B9"},
    {0x1F91, U"\u1F21\u03B9"}, {0x1F92, U"\u1F22\u03B9"}, {0x1F93, U"\u1F23\u03B9"},
    {0x1F94, U"\u1F24\u03B9"}, {0x1F95, U"\u1F25\u03B9"}, {0x1F96, U"\u1F26\u03B9"},
    {0x1F97, U"\u1F27\u03B9"}, {0x1F98, U"\u1F20\u03B9"}, {0x1F99, U"\u1F21\u03B9"},
    {0x1F9A, U"\u1F22\u03B9"}, {0x1F9B, U"\u1F23\u03B9"}, {0x1F9C, U"\u1F24\u03B9"},
    {0x1F9D, U"\u1F25\u03B9"}, {0x1F9E, U"\u1F26\u03B9"}, {0x1F9F, U"\u1F27\u03B9"},
    {0x1FA0, U"\u1F60\u03B9"}, {0x1FA1, U"\u1F61\u03B9"}, {0x1FA2, U"\u1F62\u03B9"},
    {0x1FA3, U"\u1F63\u03B9"}, {0x1FA4, U"\u1F64\u03B9"}, {0x1FA5, U"\u1F65\u03B9"},
    {0x1FA6, U"\u1F66\u03B9"}, {0x1FA7, U"\u1F67\u03B9"}, {0x1FA8, U"\u1F60\u03B9"},
    {0x1FA9, U"\u1F61\u03B9"}, {0x1FAA, U"\u1F62\u03B9"}, {0x1FAB, U"\u1F63\u03B9"},
    {0x1FAC, U"\u1F64\u03B9"}, {0x1FAD, U"\u1F65\u03B9"}, {0x1FAE, U"\u1F66\u03B9"},
    {0x1FAF, U"\u1F67\u03B9"}, {0x1FB2, U"\u1F70\u03B9"}, {0x1FB3, U"\u03B1\u03B9"},
    {0x1FB4, U"\u03AC\u03B9"}, {0x1FB6, U"\u03B1\u0342"}, {0x1FB7, U"\u03B1\u0342\u03B9"},
    {0x1FBC, U"\u03B1\u03B9"}, {0x1FC2, U"\u1F74\u03B9"}, {0x1FC3, U"\u03B7\u03B9"},
    {0x1FC4, U"\u03AE\u03B9"}, {0x1FC6, U"\u03B7\u0342"}, {0x1FC7, U"\u03B7\u0342\u03B9"},
    {0x1FCC, U"\u03B7\u03B9"}, {0x1FD2, U"\u03B9\u0308\u0300"}, {0x1FD3, U"\u03B9\u0308\u0301"},
    {0x1FD6, U"\u03B9\u0342"}, {0x1FD7, U"\u03B9\u0308\u0342"}, {0x1FE2, U"\u03C5\u0308\u0300"},
    {0x1FE3, U"\u03C5\u0308\u0301"}, {0x1FE4, U"\u03C1\u0313"}, {0x1FE6, U"\u03C5\u0342"},
    {0x1FE7, U"\u03C5\u0308\u0342"}, {0x1FF2, U"\u1F7C\u03B9"}, {0x1FF3, U"\u03C9\u03B9"},
    {0x1FF4, U"\u03CE\u03B9"}, {0x1FF6, U"\u03C9\u0342"}, {0x1FF7, U"\u03C9\u0342\u03B9"},
    {0x1FFC, U"\u03C9\u03B9"}, {0xFB00, U"ff"}, {0xFB01, U"fi"}, {0xFB02, U"fl"}, {0xFB03, U"ffi"},
    {0xFB04, U"ffl"}, {0xFB05, U"st"}, {0xFB06, U"st"}, {0xFB13, U"\u0574\u0576"},
    {0xFB14, U"\u0574\u0565"}, {0xFB15, U"\u0574\u056B"}, {0xFB16, U"\u057E\u0576"},
    {0xFB17, U"\u0574\u056D"},
};
// clang-format on

/// The simple case folding, as far as a character of a fold can come of it.
char32_t simpleFold(char32_t code) {
  switch (code) {
  case 0x17F:
    return 's';
  case 0x3C2:
    return 0x3C3;
  case 0x345:
  case 0x1FBE:
    return 0x3B9;
  case 0x212A:
    return 'k';
  default:
    const std::u32string lower = unicode::lowerCase(code);
    return lower.size() == 1 ? lower.front() : code;
  }
}

std::string toUtf8(std::u32string_view codes) {
  std::string text;
  for (char32_t code : codes)
    appendUtf8(text, code);
  return text;
}

class Speller {
public:
  explicit Speller(std::string_view pattern) : in(pattern) {}

  std::string run() {
    while (at < in.size()) {
      if (in[at] == '(') {
        openGroup();
      } else if (in[at] == ')') {
        writeLiterals();
        closeGroup();
        copy(1);
      } else if (in[at] == '[') {
        writeLiterals();
        characterClass();
      } else if (std::optional<char32_t> code = literal()) {
        // What is repeated is the last character alone.
        if (isRepeated())
          writeLiterals();
        literals.push_back({*code, in.substr(begin, at - begin)});
        if (isRepeated())
          writeLiterals();
      } else {
        writeLiterals();
        copy(at - begin, begin);
      }
    }
    writeLiterals();
    for (; now.opened > 0; --now.opened)
      out += ')';
    return std::move(out);
  }

private:
  struct Group {
    bool ignoresCase = false;
    bool isExtended = false;  // white space and comments mean nothing
    bool looksBehind = false; // where no match may be longer than another
    unsigned opened = 0;      // groups that stand for options, closed with this one
  };
  struct Literal {
    char32_t code;
    std::string_view source;
  };

  bool spells() const { return now.ignoresCase && !now.isExtended && !now.looksBehind; }

  void copy(size_t count) {
    out += in.substr(at, count);
    at = std::min(at + count, in.size());
  }
  void copy(size_t count, size_t from) { out += in.substr(from, count); }

  bool isRepeated() const {
    return at < in.size() && std::string_view("*+?{").find(in[at]) != std::string_view::npos;
  }

  /// Moves behind what stands at `at`, from `begin` on: a character that means itself, or
  /// nothing for anything else.
  std::optional<char32_t> literal() {
    begin = at;
    const Utf8Char c = charAt(in, at);
    at += c.length;
    if (c.kind != Utf8Char::Kind::Valid)
      return std::nullopt;
    if (c.code < 0x80 && std::string_view("|^$.*+?{}").find(char(c.code)) != std::string_view::npos)
      return std::nullopt;
    if (c.code != '\\')
      return c.code;
    return at < in.size() ? escape() : std::nullopt;
  }

  /// What follows a backslash.
  std::optional<char32_t> escape() {
    const char kind = in[at];
    at += charAt(in, at).length;
    if (kind == 'u' && at + 4 <= in.size()) {
      const std::optional<char32_t> code = hexadecimal(in.substr(at, 4));
      at += code ? 4 : 0;
      return code;
    }
    // \p{Name}, \x{HHHH}, \k<name>: what is inside stays as it is.
    const char opening = at < in.size() ? in[at] : '\0';
    const bool isNamed = (opening == '{' && (kind == 'p' || kind == 'P' || kind == 'x')) ||
                         (opening == '<' && (kind == 'k' || kind == 'g'));
    const size_t end = isNamed ? in.find(opening == '{' ? '}' : '>', at) : std::string_view::npos;
    if (end == std::string_view::npos)
      return std::nullopt;
    const std::string_view inside = in.substr(at + 1, end - at - 1);
    at = end + 1;
    return kind == 'x' ? hexadecimal(inside) : std::nullopt;
  }

  static std::optional<char32_t> hexadecimal(std::string_view digits) {
    char32_t code = 0;
    for (char c : digits) {
      const char lower = char(c | 0x20);
      if (c >= '0' && c <= '9')
        code = code << 4 | char32_t(c - '0');
      else if (lower >= 'a' && lower <= 'f')
        code = code << 4 | char32_t(lower - 'a' + 10);
      else
        return std::nullopt;
      if (code >= CharacterSet::codesEnd)
        return std::nullopt;
    }
    return digits.empty() ? std::nullopt : std::optional(code);
  }

  void openGroup() {
    writeLiterals();
    if (in.substr(at).starts_with("(?#")) {
      const size_t end = in.find(')', at);
      return copy((end == std::string_view::npos ? in.size() : end + 1) - at);
    }
    Group inner = now;
    inner.opened = 0;
    if (!in.substr(at).starts_with("(?")) {
      groups.push_back(std::exchange(now, inner));
      return copy(1);
    }
    const size_t end = in.find_first_not_of("imx-", at + 2);
    if (end == std::string_view::npos || (in[end] != ':' && in[end] != ')') || end == at + 2) {
      const bool isBehind = in.substr(at).starts_with("(?<=") || in.substr(at).starts_with("(?<!");
      const bool isName = in.substr(at).starts_with("(?<") && !isBehind;
      const size_t nameEnd = isName ? in.find('>', at) : std::string_view::npos;
      inner.looksBehind |= isBehind;
      groups.push_back(std::exchange(now, inner));
      return copy(nameEnd != std::string_view::npos ? nameEnd + 1 - at : isBehind ? 4 : 3);
    }
    bool value = true;
    for (char option : in.substr(at + 2, end - at - 2)) {
      if (option == '-')
        value = false;
      else if (option == 'i')
        inner.ignoresCase = value;
      else if (option == 'x')
        inner.isExtended = value;
    }
    copy(end - at);
    out += ':';
    ++at;
    if (in[end] == ':') {
      groups.push_back(std::exchange(now, inner));
      return;
    }
    inner.opened = now.opened + 1;
    now = inner;
  }

  void closeGroup() {
    for (; now.opened > 0; --now.opened)
      out += ')';
    if (groups.empty())
      return;
    now = groups.back();
    groups.pop_back();
  }

  /// Writes the literals since the last other thing.
  void writeLiterals() {
    for (size_t i = 0; i < literals.size();) {
      const size_t length = spells() ? foldAt(i) : 0;
      if (length > 0)
        writeFold(i, length);
      else
        writeCharacter(literals[i]);
      i += std::max<size_t>(length, 1);
    }
    literals.clear();
  }

  /// Characters from literal `i` on that are together the fold of one; 0 where they are not.
  size_t foldAt(size_t i) const {
    size_t longest = 0;
    for (const Fold &fold : folds)
      if (fold.folded.size() > longest && fold.folded.size() <= literals.size() - i &&
          isAt(fold, i))
        longest = fold.folded.size();
    return longest;
  }
  bool isAt(const Fold &fold, size_t i) const {
    return std::ranges::equal(fold.folded, std::span(literals).subspan(i, fold.folded.size()), {},
                              {}, [](const Literal &each) { return simpleFold(each.code); });
  }

  void writeFold(size_t i, size_t length) {
    out += "(?:";
    for (size_t part = i; part < i + length; ++part)
      out += literals[part].source;
    for (const Fold &fold : folds)
      if (fold.folded.size() == length && isAt(fold, i))
        appendUtf8(out += '|', fold.code);
    out += ')';
  }

  void writeCharacter(const Literal &character) {
    const auto *own = std::ranges::find(folds, character.code, &Fold::code);
    if (!spells() || own == std::end(folds)) {
      out += character.source;
      return;
    }
    out += "(?:";
    out += character.source;
    out += "|" + toUtf8(own->folded);
    for (const Fold &fold : folds)
      if (fold.folded == own->folded && fold.code != own->code)
        appendUtf8(out += '|', fold.code);
    out += ')';
  }

  void characterClass() {
    const size_t from = at;
    unsigned depth = 0;
    do {
      if (in[at] == '\\')
        ++at;
      else if (in.substr(at).starts_with("[:") && depth > 0 &&
               in.find(":]", at) != std::string_view::npos)
        at = in.find(":]", at) + 1;
      else if (in[at] == '[')
        ++depth;
      else if (in[at] == ']')
        --depth;
      ++at;
    } while (depth > 0 && at < in.size());
    at = std::min(at, in.size());
    const std::string_view source = in.substr(from, at - from);
    std::string others;
    if (spells() && !source.starts_with("[^"))
      if (std::optional<CharacterSet> set = members(source))
        for (const Fold &fold : folds)
          if (set->contains(fold.code))
            others += "|" + toUtf8(fold.folded);
    out += others.empty() ? std::string(source) : "(?:" + std::string(source) + others + ")";
  }

  /// The characters of a class; nothing where it has what no automaton knows.
  static std::optional<CharacterSet> members(std::string_view source) {
    std::optional<Expression> parsed = parseExpression(source);
    const Expression *only = parsed ? &*parsed : nullptr;
    while (only && only->kind != Expression::Kind::Characters)
      only = only->parts.size() == 1 ? &only->parts[0] : nullptr;
    return only ? std::optional(only->set) : std::nullopt;
  }

  std::string_view in;
  std::string out;
  size_t at = 0, begin = 0;
  Group now;
  std::vector<Group> groups;
  std::vector<Literal> literals;
};

} // namespace

std::string spellFolds(std::string_view pattern) {
  // Only an option in the expression makes it ignore case.
  if (pattern.find("(?") == std::string_view::npos)
    return std::string(pattern);
  return Speller(pattern).run();
}

} // namespace weft::regex
