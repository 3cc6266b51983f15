// Python's operations on strings, by character.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weft::jinja {

/// One piece for each character; a byte that is no UTF-8 counts as one.
std::vector<std::string_view> characters(std::string_view text);

enum class Side { Left, Right, Both };
/// Without characters of `set` (white space where there is none) at its ends.
std::string_view stripped(std::string_view text, std::optional<std::string_view> set, Side side);

/// The pieces between `separator`, at most `most` cuts (any number where it is negative);
/// between runs of white space where there is none. A separator is not empty.
std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, int64_t most);

/// With each of the first `most` (all where it is negative) places of `from` replaced. An
/// empty `from` stands before each character and at the end.
std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t most);
/// How often replaced() replaces.
size_t countOf(std::string_view text, std::string_view from, int64_t most);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// The first character in upper case, the others in lower.
std::string capitalized(std::string_view text);
/// The first letter of each word so; what begins a word differs between Python's
/// str.title() (any character that is no letter ends one) and Jinja's filter (white space,
/// hyphens and opening brackets do).
std::string titled(std::string_view text, bool asFilter);

} // namespace weft::jinja
