// From Oniguruma's regular expressions to PCRE2's.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <string_view>

namespace weft::regex {

/// Rewrites what the two read differently: `\s`, `\w`, `\b`, `\h`, `\p{Han}` (a script, not its
/// extensions), `\p{Letter}`, `\uHHHH`, `(?m:`, `{,n}` and `{n,m}+` (a repetition, not
/// possessive). Nested classes and `&&` in classes are errors: PCRE2 10.42 has neither.
Result<std::string> translateRegex(std::string_view pattern);

} // namespace weft::regex
