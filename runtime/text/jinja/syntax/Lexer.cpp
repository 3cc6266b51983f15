#include "runtime/text/jinja/syntax/Lexer.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/syntax/StringLiteral.h"

#include <algorithm>

namespace weft::jinja {

namespace {

constexpr std::string_view whitespace = " \t\n\r\v\f";
constexpr std::string_view decimals = "0123456789";

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Newlines as \n, and without one at the end.
std::string normalized(std::string_view source) {
  std::string text;
  for (size_t at = 0; at < source.size(); ++at) {
    if (source[at] != '\r')
      text += source[at];
    else if (at + 1 == source.size() || source[at + 1] != '\n')
      text += '\n';
  }
  if (text.ends_with('\n'))
    text.pop_back();
  return text;
}

class Lexer {
public:
  explicit Lexer(std::string_view text) : text(text) {}

  std::vector<Token> run() {
    while (at < text.size())
      readTextAndTag();
    add(Token::Kind::End, "");
    return std::move(found);
  }

private:
  bool sees(std::string_view what) const { return text.substr(at).starts_with(what); }

  void advance(size_t count) {
    line += unsigned(std::ranges::count(text.substr(at, count), '\n'));
    at += count;
  }

  void skipWhitespace() {
    advance(std::min(text.find_first_not_of(whitespace, at), text.size()) - at);
  }

  void add(Token::Kind kind, std::string content) {
    found.push_back({kind, std::move(content), line});
  }

  /// The next "{{", "{%" or "{#", or the end.
  size_t nextTag(size_t from) const {
    for (size_t place = from; (place = text.find('{', place)) != text.npos; ++place)
      if (place + 1 < text.size() && std::string_view("{%#").find(text[place + 1]) != text.npos)
        return place;
    return text.size();
  }

  /// Text from `at` to `end`, where a tag begins whose third character is `sign`.
  void addText(size_t end, char sign, bool stripsLine) {
    std::string_view piece = text.substr(at, end - at);
    if (sign == '-') {
      piece = piece.substr(0, piece.find_last_not_of(whitespace) + 1); // npos + 1 is 0
    } else if (sign != '+' && stripsLine) {
      const size_t newline = piece.rfind('\n');
      const size_t lineStart = newline == piece.npos ? 0 : newline + 1;
      const bool startsLine = newline != piece.npos || at == 0 || text[at - 1] == '\n';
      if (startsLine && piece.find_first_not_of(" \t\v\f", lineStart) == piece.npos)
        piece = piece.substr(0, lineStart);
    }
    if (!piece.empty())
      add(Token::Kind::Text, std::string(piece));
    advance(end - at);
  }

  void readTextAndTag() {
    const size_t tag = nextTag(at);
    if (tag == text.size())
      return addText(tag, '+', false);
    const char kind = text[tag + 1];
    const char sign = tag + 2 < text.size() ? text[tag + 2] : ' ';
    addText(tag, sign, kind != '{');
    advance(2);
    if (sign == '-' || sign == '+')
      advance(kind == '{' && sign == '+' ? 0 : 1);
    if (kind == '#')
      return readComment();
    if (kind == '%' && readRaw())
      return;
    add(kind == '{' ? Token::Kind::OutputBegin : Token::Kind::BlockBegin, "");
    readCode(kind == '{' ? '}' : '%');
  }

  /// What follows the last character before the closing brace of a tag: after "-" all white
  /// space goes, otherwise, but for "+" and outputs, one newline.
  void afterTag(char sign, bool output) {
    if (sign == '-')
      skipWhitespace();
    else if (sign != '+' && !output && sees("\n"))
      advance(1);
  }

  void readComment() {
    const unsigned start = line;
    const size_t end = text.find("#}", at);
    if (end == text.npos)
      throw SyntaxError(start, "expected '#}' after '{#'");
    const char sign = end > at ? text[end - 1] : ' ';
    advance(end + 2 - at);
    afterTag(sign, false);
  }

  /// The end of `{% NAME %}` whose "{%" and sign are behind `from`, or npos; `sign` is that
  /// before the closing brace.
  size_t endOfTag(size_t from, std::string_view name, char &sign) const {
    size_t place = std::min(text.find_first_not_of(whitespace, from), text.size());
    if (!text.substr(place).starts_with(name))
      return text.npos;
    place = std::min(text.find_first_not_of(whitespace, place + name.size()), text.size());
    sign = text.substr(place, 1) == "-" || text.substr(place, 1) == "+" ? text[place++] : ' ';
    return text.substr(place).starts_with("%}") ? place + 2 : text.npos;
  }

  bool readRaw() {
    const unsigned start = line;
    char sign = ' ';
    const size_t body = endOfTag(at, "raw", sign);
    if (body == text.npos)
      return false;
    advance(body - at);
    if (sign == '-')
      skipWhitespace();
    for (size_t tag = at; (tag = text.find("{%", tag)) != text.npos; ++tag) {
      const char begin = tag + 2 < text.size() ? text[tag + 2] : ' ';
      const size_t inner = tag + 2 + (begin == '-' || begin == '+');
      const size_t end = endOfTag(inner, "endraw", sign);
      if (end == text.npos)
        continue;
      addText(tag, begin, true);
      advance(end - at);
      afterTag(sign, false);
      return true;
    }
    throw SyntaxError(start, "expected '{% endraw %}' after '{% raw %}'");
  }

  /// Up to the end of the tag: "}}" or "%}".
  void readCode(char closing) {
    const unsigned start = line;
    const bool output = closing == '}';
    open.clear();
    while (true) {
      skipWhitespace();
      if (at == text.size())
        throw SyntaxError(start, std::string("expected '") + closing + "}' at the end of the tag");
      const bool hasSign = sees("-") || (!output && sees("+"));
      const std::string_view end = text.substr(at + hasSign, 2);
      if (open.empty() && end.size() == 2 && end[0] == closing && end[1] == '}') {
        const char sign = hasSign ? text[at] : ' ';
        add(output ? Token::Kind::OutputEnd : Token::Kind::BlockEnd, "");
        advance(2 + hasSign);
        return afterTag(sign, output);
      }
      readToken();
    }
  }

  void readToken() {
    const char c = text[at];
    if (isLetter(c))
      return readName();
    if (isDigit(c))
      return readNumber();
    if (c == '"' || c == '\'')
      return readString(c);
    readOperator();
  }

  void readName() {
    size_t end = at;
    while (end < text.size() && (isLetter(text[end]) || isDigit(text[end])))
      ++end;
    add(Token::Kind::Name, std::string(text.substr(at, end - at)));
    advance(end - at);
  }

  size_t afterDigits(size_t from, std::string_view digits) const {
    while (from < text.size() && (digits.find(text[from]) != digits.npos || text[from] == '_'))
      ++from;
    return from;
  }

  void readNumber() {
    size_t end = at;
    Token::Kind kind = Token::Kind::Integer;
    if (text[at] == '0' && at + 1 < text.size() &&
        std::string_view("xXoObB").find(text[at + 1]) != std::string_view::npos) {
      end = afterDigits(at + 2, "0123456789abcdefABCDEF");
    } else {
      end = afterDigits(at, decimals);
      if (end + 1 < text.size() && text[end] == '.' && isDigit(text[end + 1])) {
        end = afterDigits(end + 1, decimals);
        kind = Token::Kind::Float;
      }
      if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        size_t exponent = end + 1;
        exponent += exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-');
        if (exponent < text.size() && isDigit(text[exponent])) {
          end = afterDigits(exponent, decimals);
          kind = Token::Kind::Float;
        }
      }
    }
    std::string digits(text.substr(at, end - at));
    std::erase(digits, '_');
    add(kind, std::move(digits));
    advance(end - at);
  }

  void readString(char quote) {
    size_t end = at + 1;
    while (end < text.size() && text[end] != quote)
      end += text[end] == '\\' ? 2 : 1;
    if (end >= text.size())
      throw SyntaxError(line, std::string("expected ") + quote + " at the end of a string");
    add(Token::Kind::String, unescaped(text.substr(at + 1, end - at - 1)));
    advance(end + 1 - at);
  }

  void readOperator() {
    constexpr std::string_view operators[] = {"**", "//", "==", "!=", "<=", ">=", "+", "-", "*",
                                              "/",  "%",  "~",  "<",  ">",  "=",  "(", ")", "[",
                                              "]",  "{",  "}",  ",",  ":",  ".",  "|"};
    const auto *which =
        std::ranges::find_if(operators, [&](std::string_view each) { return sees(each); });
    if (which == std::end(operators))
      throw SyntaxError(line, "expected an expression, found '" +
                                  std::string(text.substr(at, charAt(text, at).length)) + "'");
    balance(which->front());
    add(Token::Kind::Operator, std::string(*which));
    advance(which->size());
  }

  /// Keeps the brackets that are open, within which no tag ends.
  void balance(char c) {
    constexpr std::string_view openings = "([{", closings = ")]}";
    if (const size_t which = openings.find(c); which != openings.npos)
      open += closings[which];
    if (closings.find(c) == closings.npos)
      return;
    if (!open.ends_with(c))
      throw SyntaxError(line, std::string("expected ") +
                                  (open.empty() ? std::string("the end of the tag")
                                                : "'" + open.substr(open.size() - 1) + "'") +
                                  ", found '" + c + "'");
    open.pop_back();
  }

  std::string_view text;
  size_t at = 0;
  unsigned line = 1;
  std::string open;
  std::vector<Token> found;
};

} // namespace

std::vector<Token> tokens(std::string_view source) {
  const std::string text = normalized(source);
  return Lexer(text).run();
}

} // namespace weft::jinja
