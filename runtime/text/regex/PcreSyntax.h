// Translates Oniguruma's regular expressions to PCRE2's.
#pragma once

#include "runtime/base/Error.h"

#include <string>
#include <string_view>

namespace weft::regex {

/// Rewrites constructs that mean something else in PCRE2: `\s`, `\w`, `\b`, `\h`, `\p{Han}` (a
/// script, not its extensions), `\p{Letter}`, `\uHHHH`, `(?m:`, `{,n}` and `{n,m}+` (a repetition,
/// not possessive). Errors: nested classes and `&&` in classes, which PCRE2 10.42 lacks.
Result<std::string> translateRegex(std::string_view pattern);

} // namespace weft::regex
