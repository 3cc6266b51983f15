// Writes out case folds between one character and several in an expression.
#pragma once

#include <string>
#include <string_view>

namespace weft::regex {

/// Rewrites an Oniguruma expression so that a matcher that only folds single characters finds what
/// Oniguruma finds: where case is ignored, "ß" becomes "(?:ß|ss)", "ss" becomes "(?:ss|ß)", and a
/// class with ß gets the alternative "ss". As in Oniguruma, folds are taken from left to right, the
/// longest first, and not across the start of a repetition ("ss+"). Options that apply up to the
/// end of their group ("a(?i)b|c") become groups, as Ruby reads them ("a(?i:b|c)").
std::string spellFolds(std::string_view pattern);

} // namespace weft::regex
