// Regular expressions as grammars.
#pragma once

#include "runtime/constrain/grammar/Grammar.h"

#include <functional>
#include <string_view>

namespace weft::constrain {

/// What of a text an expression has to fit.
enum class Fit {
  Whole,    ///< all of it; ^ and $ at the ends say what is so anyway
  Anywhere, ///< any part, as `pattern` of JSON Schema; ^ and $ bind it to the ends
};

/// How one character of a set is written in the text.
using WriteSet = std::function<ExprId(const CodePoints &)>;

/// Reads ECMAScript's syntax as far as it is regular: characters, `.` (no line ends), classes,
/// \d \w \s and their opposites, \n \r \t \f \v \xHH \uHHHH \u{H...}, groups, |, * + ? {n}
/// {n,} {n,m}, lazy ones too (the texts are the same). ^ and $ may stand where an alternative
/// begins and ends, outside of groups. Errors, with the column: anything else by name.
Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit,
                          const WriteSet &writeSet);
/// The same, of characters as they stand; and (?=...) and (?!...) outside of groups. Errors, too:
/// what is ahead of one needs too many states.
Result<ExprId> parseRegex(Grammar &grammar, std::string_view pattern, Fit fit);
/// Whether `pattern` has one of those.
bool looksAhead(std::string_view pattern);

/// A grammar of the texts that `pattern` fits as a whole.
Result<Grammar> grammarOfRegex(std::string_view pattern);

} // namespace weft::constrain
