// A scanner for the parsers of notations, with line and column for errors.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/constrain/automaton/CodePoints.h"

#include <string>
#include <string_view>
#include <utility>

namespace weft::constrain {

/// Scans a UTF-8 text. Every error begins with `what` ("regular expression"). The text must outlive
/// it. Not thread-safe.
class Scanner {
public:
  Scanner(std::string_view text, std::string what) : text(text), what(std::move(what)) {}

  bool atEnd() const { return at == text.size(); }
  /// Returns the byte `ahead` bytes after the current place, 0 after the end.
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : 0; }
  bool startsWith(std::string_view prefix) const { return text.substr(at).starts_with(prefix); }
  /// Skips `prefix` if the text continues with it. Returns whether it did.
  bool take(std::string_view prefix);
  void skip(size_t bytes) { at += bytes; }
  size_t place() const { return at; }
  void goTo(size_t place) { at = place; }

  /// Takes one character. Errors: invalid UTF-8 or the end of the text.
  Result<char32_t> character();
  /// Takes a character code of `digits` hexadecimal digits, or of any number of them in braces. It
  /// may be half of a surrogate pair.
  Result<char32_t> hexadecimal(unsigned digits);
  /// Takes a decimal number. Errors: there is none, or it exceeds `most`.
  Result<uint32_t> number(uint32_t most);
  /// Takes the rest of {n}, {n,}, {,m} or {n,m} after the opening brace. Returns least and most;
  /// most is `unbounded` for {n,}.
  Result<std::pair<uint32_t, uint32_t>> counts();

  /// Returns an error at the current place, or at `place`, with line and column (both from 1).
  tl::unexpected<Error> error(const std::string &message) const { return errorAt(at, message); }
  tl::unexpected<Error> errorAt(size_t place, const std::string &message) const;
  /// Returns a description of the text at the current place, for messages.
  std::string found() const;

private:
  std::string_view text;
  std::string what;
  size_t at = 0;
};

/// Takes the rest of a character class after the opening bracket, with its closing one: [a-z\n],
/// [^"\\].
Result<CodePoints> takeClass(Scanner &scanner);

/// Takes an escape after its backslash. Returns one character, or the set of \d, \w, \s and their
/// opposites (as in ECMAScript). \uD83D\uDE00 is the one character of the pair; half a pair matches
/// no UTF-8 text. Errors: other escapes, by name.
Result<CodePoints> takeEscape(Scanner &scanner);

} // namespace weft::constrain
