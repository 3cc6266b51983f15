// Case folding of one character to several, spelled out in the expression.
#pragma once

#include <string>
#include <string_view>

namespace weft::regex {

/// Rewrites an expression of Oniguruma so that a matcher that folds single characters only finds
/// what Oniguruma finds: where case is ignored, "ß" becomes "(?:ß|ss)", "ss" becomes "(?:ss|ß)",
/// and a class with ß in it has "ss" beside it. As in Oniguruma, folds are taken from left to
/// right, the longest first, and not from before a repetition ("ss+"). Options that hold up to
/// the end of their group ("a(?i)b|c") become groups, as Ruby reads them ("a(?i:b|c)").
std::string spellFolds(std::string_view pattern);

} // namespace weft::regex
