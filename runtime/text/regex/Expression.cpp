#include "runtime/text/regex/Expression.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/regex/ClassNames.h"

#include <algorithm>
#include <utility>

namespace weft::regex {

bool Expression::matchesNothing() const {
  auto partMatchesNothing = [](const Expression &part) { return part.matchesNothing(); };
  switch (kind) {
  case Kind::Characters:
    return false;
  case Kind::Sequence:
    return std::ranges::all_of(parts, partMatchesNothing);
  case Kind::Choice:
    return std::ranges::any_of(parts, partMatchesNothing);
  case Kind::Repeat:
    return least == 0 || parts[0].matchesNothing();
  case Kind::Lookahead:
  case Kind::NotAhead:
    return true;
  }
  return true;
}

namespace {

using Kind = Expression::Kind;
using Parsed = std::optional<Expression>;

class Parser {
public:
  explicit Parser(std::string_view pattern) : in(pattern) {}

  Parsed run() {
    Parsed whole = choice(0);
    return whole && at == in.size() ? std::move(whole) : std::nullopt;
  }

private:
  static constexpr unsigned deepest = 50;
  static constexpr unsigned mostRepeats = 1000;

  bool atEnd() const { return at == in.size(); }
  bool take(std::string_view text) {
    if (!in.substr(at).starts_with(text))
      return false;
    at += text.size();
    return true;
  }

  Parsed choice(unsigned depth) {
    if (depth > deepest)
      return std::nullopt;
    Expression options{.kind = Kind::Choice};
    do {
      Parsed option = sequence(depth);
      if (!option)
        return std::nullopt;
      options.parts.push_back(std::move(*option));
    } while (take("|"));
    return options;
  }

  Parsed sequence(unsigned depth) {
    Expression sequence{.kind = Kind::Sequence};
    while (!atEnd() && in[at] != '|' && in[at] != ')') {
      Parsed part = atom(depth);
      if (part)
        part = repeated(std::move(*part));
      if (!part)
        return std::nullopt;
      sequence.parts.push_back(std::move(*part));
    }
    return sequence;
  }

  Parsed atom(unsigned depth) {
    if (take("("))
      return group(depth);
    if (take("["))
      return ofSet(characterClass(depth));
    if (in[at] == '\\')
      return ofSet(escape(false));
    if (take("."))
      return ofSet(CharacterSet::of(U'\n').complement());
    if (std::string_view("^$*+?").find(in[at]) != std::string_view::npos)
      return std::nullopt;
    const Utf8Char c = charAt(in, at);
    if (c.kind != Utf8Char::Kind::Valid)
      return std::nullopt;
    at += c.length;
    return ofSet(literal(c.code));
  }

  static Parsed ofSet(std::optional<CharacterSet> set) {
    if (!set)
      return std::nullopt;
    return Expression{.kind = Kind::Characters, .set = std::move(*set)};
  }

  Parsed group(unsigned depth) {
    const bool outer = ignoreCase;
    bool ahead = false, negated = false;
    if (take("?")) {
      if (take("i:"))
        ignoreCase = true;
      else if (take("=") || take("!"))
        ahead = true, negated = in[at - 1] == '!';
      else if (!take(":"))
        return std::nullopt;
    }
    Parsed inner = choice(depth + 1);
    ignoreCase = outer;
    if (!inner || !take(")"))
      return std::nullopt;
    if (!ahead)
      return inner;
    // Of what lies ahead, one character can be seen.
    const Expression *only = &*inner;
    while ((only->kind == Kind::Choice || only->kind == Kind::Sequence) && only->parts.size() == 1)
      only = &only->parts[0];
    if (only->kind != Kind::Characters)
      return std::nullopt;
    return Expression{.kind = negated ? Kind::NotAhead : Kind::Lookahead, .set = only->set};
  }

  Parsed repeated(Expression part) {
    while (!atEnd()) {
      unsigned least = 0, most = Expression::unlimited;
      if (take("*")) {
      } else if (take("+")) {
        least = 1;
      } else if (take("?")) {
        most = 1;
      } else if (in[at] == '{') {
        // Oniguruma reads a brace that bounds nothing as itself, and {n,m}+ as two repetitions.
        if (!interval(least, most) || (!atEnd() && (in[at] == '+' || in[at] == '?')))
          return std::nullopt;
      } else {
        break;
      }
      if (!atEnd() && in[at] == '+') // possessive
        return std::nullopt;
      const bool greedy = !take("?");
      if (part.matchesNothing())
        return std::nullopt;
      Expression repeat{.kind = Kind::Repeat, .least = least, .most = most, .greedy = greedy};
      repeat.parts.push_back(std::move(part));
      part = std::move(repeat);
    }
    return part;
  }

  bool interval(unsigned &least, unsigned &most) {
    ++at;
    auto number = [&](unsigned &value) {
      const size_t from = at;
      for (value = 0; !atEnd() && in[at] >= '0' && in[at] <= '9' && value <= mostRepeats; ++at)
        value = value * 10 + static_cast<unsigned>(in[at] - '0');
      return at > from;
    };
    const bool hasLeast = number(least);
    most = least;
    bool hasMost = hasLeast;
    if (take(",")) {
      hasMost = number(most);
      if (!hasMost)
        most = Expression::unlimited;
    }
    return take("}") && (hasLeast || hasMost) && least <= most && least <= mostRepeats &&
           (most <= mostRepeats || most == Expression::unlimited);
  }

  std::optional<CharacterSet> literal(char32_t code) const {
    CharacterSet set = CharacterSet::of(code);
    if (!ignoreCase)
      return set;
    if (code >= 0x80)
      return std::nullopt;
    const char32_t lower = code | 0x20;
    if (lower >= 'a' && lower <= 'z') {
      set |= CharacterSet::of(lower) | CharacterSet::of(lower - 32);
      if (lower == 's')
        set |= CharacterSet::of(U'\u017F'); // long s
      if (lower == 'k')
        set |= CharacterSet::of(U'\u212A'); // Kelvin sign
    }
    return set;
  }

  /// What follows a backslash, which stands at `at`.
  std::optional<CharacterSet> escape(bool insideClass) {
    ++at;
    if (atEnd())
      return std::nullopt;
    const Utf8Char c = charAt(in, at);
    at += c.length;
    switch (c.code) {
    case 'p':
    case 'P':
      return ignoreCase ? std::nullopt : property(c.code == 'P');
    case 'n':
      return CharacterSet::of(U'\n');
    case 't':
      return CharacterSet::of(U'\t');
    case 'r':
      return CharacterSet::of(U'\r');
    case 'f':
      return CharacterSet::of(U'\f');
    case 'v':
      return CharacterSet::of(U'\v');
    case 'x':
      return codePoint(2);
    case 'u':
      return codePoint(4);
    default:
      break;
    }
    if (std::optional<CharacterSet> set = escapedClass(c.code, insideClass))
      return ignoreCase ? std::nullopt : set;
    const bool isLetterOrDigit =
        (c.code >= '0' && c.code <= '9') || ((c.code | 0x20) >= 'a' && (c.code | 0x20) <= 'z');
    if (isLetterOrDigit || c.kind != Utf8Char::Kind::Valid)
      return std::nullopt;
    return literal(c.code);
  }

  std::optional<CharacterSet> codePoint(unsigned digits) {
    const bool braces = digits == 2 && take("{");
    char32_t code = 0;
    unsigned count = 0;
    for (; !atEnd() && count < (braces ? 6 : digits); ++count, ++at) {
      const char c = in[at];
      const char32_t lower = static_cast<unsigned char>(c) | 0x20u;
      if (c >= '0' && c <= '9')
        code = code << 4 | static_cast<char32_t>(c - '0');
      else if (lower >= 'a' && lower <= 'f')
        code = code << 4 | (lower - 'a' + 10);
      else
        break;
    }
    const bool complete = braces ? count > 0 && take("}") : count == digits;
    if (!complete || code >= CharacterSet::codesEnd || (digits == 2 && !braces && code >= 0x80))
      return std::nullopt;
    return literal(code);
  }

  std::optional<CharacterSet> property(bool negated) {
    const size_t end = in.find('}', at);
    if (!take("{") || end == std::string_view::npos)
      return std::nullopt;
    negated ^= take("^");
    std::optional<CharacterSet> set = characterProperty(in.substr(at, end - at));
    at = end + 1;
    return set && negated ? set->complement() : set;
  }

  /// A class after its opening bracket.
  std::optional<CharacterSet> characterClass(unsigned depth) {
    if (depth > deepest)
      return std::nullopt;
    const bool negated = take("^");
    if (!atEnd() && in[at] == ']')
      return std::nullopt;
    CharacterSet set;
    std::optional<CharacterSet> left; // of &&
    while (!take("]")) {
      if (atEnd())
        return std::nullopt;
      if (take("&&")) {
        set = left ? *left &= set : set;
        left = std::exchange(set, {});
        continue;
      }
      std::optional<CharacterSet> member = classMember(depth);
      if (!member)
        return std::nullopt;
      set |= *member;
    }
    if (left)
      set &= *left;
    return negated ? set.complement() : set;
  }

  std::optional<CharacterSet> classMember(unsigned depth) {
    if (take("[:")) {
      const bool negated = take("^");
      const size_t end = in.find(":]", at);
      if (end == std::string_view::npos)
        return std::nullopt;
      std::optional<CharacterSet> set = posixClass(in.substr(at, end - at));
      at = end + 2;
      return set && negated ? set->complement() : set;
    }
    if (take("["))
      return characterClass(depth + 1);
    std::optional<CharacterSet> first = classCharacter();
    if (!first || !in.substr(at).starts_with("-") || in.substr(at).starts_with("-]"))
      return first;
    auto isOne = [](const CharacterSet &set) {
      return set.ranges().size() == 1 && set.ranges()[0].end - set.ranges()[0].begin == 1;
    };
    if (!isOne(*first) || ignoreCase)
      return std::nullopt;
    ++at;
    if (atEnd() || in[at] == '[')
      return std::nullopt;
    std::optional<CharacterSet> last = classCharacter();
    if (!last || !isOne(*last) || last->ranges()[0].begin < first->ranges()[0].begin)
      return std::nullopt;
    return CharacterSet::range(first->ranges()[0].begin, last->ranges()[0].begin);
  }

  std::optional<CharacterSet> classCharacter() {
    if (in[at] == '\\')
      return escape(true);
    const Utf8Char c = charAt(in, at);
    at += c.length;
    return c.kind == Utf8Char::Kind::Valid ? literal(c.code) : std::nullopt;
  }

  std::string_view in;
  size_t at = 0;
  bool ignoreCase = false;
};

} // namespace

std::optional<Expression> parseExpression(std::string_view pattern) {
  return Parser(pattern).run();
}

} // namespace weft::regex
