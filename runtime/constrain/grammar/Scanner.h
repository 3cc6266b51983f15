// A notation read character by character, with places for its errors.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/constrain/automaton/CodePoints.h"

#include <string>
#include <string_view>
#include <utility>

namespace weft::constrain {

/// A text of UTF-8. `what` begins every error ("regular expression"). The text must outlive it.
class Scanner {
public:
  Scanner(std::string_view text, std::string what) : text(text), what(std::move(what)) {}

  bool atEnd() const { return at == text.size(); }
  /// The byte `ahead` of here; 0 behind the end.
  char peek(size_t ahead = 0) const { return at + ahead < text.size() ? text[at + ahead] : 0; }
  bool startsWith(std::string_view prefix) const { return text.substr(at).starts_with(prefix); }
  bool take(std::string_view prefix);
  void skip(size_t bytes) { at += bytes; }
  size_t place() const { return at; }
  void goTo(size_t place) { at = place; }

  /// A character as it stands. Errors: no UTF-8, or the end.
  Result<char32_t> character();
  /// A number of a character by `digits` hexadecimal digits, or by any count of them between
  /// braces; it may be half of a surrogate pair.
  Result<char32_t> hexadecimal(unsigned digits);
  /// A decimal number. Errors: none, or above `most`.
  Result<uint32_t> number(uint32_t most);
  /// {n}, {n,}, {,m} or {n,m} behind its brace; most is `unbounded` for {n,}.
  Result<std::pair<uint32_t, uint32_t>> counts();

  /// An error at this place or at another, with line and column (both from 1).
  tl::unexpected<Error> error(const std::string &message) const { return errorAt(at, message); }
  tl::unexpected<Error> errorAt(size_t place, const std::string &message) const;
  /// What stands here, for messages.
  std::string found() const;

private:
  std::string_view text;
  std::string what;
  size_t at = 0;
};

/// A character class behind its bracket, its end included: [a-z\n], [^"\\].
Result<CodePoints> takeClass(Scanner &scanner);

/// What a backslash stands for, behind the backslash: one character, or the sets of \d, \w,
/// \s and their opposites (as ECMAScript has them); \uD83D\uDE00 is the one character of the
/// pair, and half a pair is in no text of UTF-8. Errors: others, by name.
Result<CodePoints> takeEscape(Scanner &scanner);

} // namespace weft::constrain
