// Parses regular expressions into grammars.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <functional>
#include <string_view>

namespace weft::constrain {

/// How much of a text an expression must match.
enum class Fit {
  Whole,    ///< the whole text; ^ and $ at the ends change nothing
  Anywhere, ///< a substring, like `pattern` in JSON Schema; ^ and $ anchor it
};

/// Writes the expression for one character of a set.
using WriteSet = std::function<ExprId(const CodePoints &)>;

/// Parses the regular part of ECMAScript's syntax: characters, `.` (no line ends), classes, \d \w
/// \s and their opposites, \n \r \t \f \v \xHH \uHHHH \u{H...}, groups, |, * + ? {n} {n,} {n,m} and
/// lazy quantifiers (which match the same texts). ^ and $ may be used at the beginning and end of
/// alternatives outside groups. Errors, with the column: any other construct, by name.
Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit,
                          const WriteSet &writeSet);
/// Parses as above, with characters written literally; also accepts (?=...) and (?!...) outside
/// groups. Errors: those above; a lookahead needs too many states.
Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit);
/// Says whether `pattern` has a lookahead.
bool looksAhead(std::string_view pattern);

/// Returns a grammar of the texts that `pattern` matches as a whole. Errors are those of
/// parseRegex().
Result<Grammar> grammarOfRegex(std::string_view pattern);

} // namespace weft::constrain
