// Python's operations on strings, by character.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::jinja {

/// One piece for each character; a byte that is no UTF-8 counts as one.
std::vector<std::string_view> characters(std::string_view text);

enum class Side { Left, Right, Both };
/// Without characters of `set` (white space where there is none) at its ends.
std::string_view stripped(std::string_view text, std::optional<std::string_view> set, Side side);

/// The pieces between `separator`, at most `most` cuts (any number where it is
/// negative); between runs of white space where there is none. A separator is
/// not empty.
std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, int64_t most);

/// The same, but that the last `most` cuts are made.
std::vector<std::string_view>
splitFromRight(std::string_view text, std::optional<std::string_view> separator, int64_t most);
/// The lines of str.splitlines(), each with what ends it.
std::vector<std::pair<std::string_view, std::string_view>> linesOf(std::string_view text);

/// With each of the first `most` (all where it is negative) places of `from`
/// replaced. An empty `from` stands before each character and at the end.
std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t most);
/// How often replaced() replaces.
size_t countOf(std::string_view text, std::string_view from, int64_t most);

/// In the middle of `width` characters, as str.center(); `fill` is one
/// character.
std::string centered(std::string_view text, int64_t width, std::string_view fill);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// As str.casefold().
std::string folded(std::string_view text);
std::string swappedCase(std::string_view text);
/// The first character in upper case, the others in lower.
std::string capitalized(std::string_view text);
/// The first letter of each word so; what begins a word differs between
/// Python's str.title() (any character that is no letter ends one) and Jinja's
/// filter (white space, hyphens and opening brackets do).
std::string titled(std::string_view text, bool asFilter);

// str.isalpha() and its like. All but areAscii() and arePrintable() are false
// of an empty text.
bool areLetters(std::string_view text);
bool areDecimal(std::string_view text);
bool areDigits(std::string_view text);
bool areNumeric(std::string_view text);
bool areAlphanumeric(std::string_view text);
bool areSpaces(std::string_view text);
bool areAscii(std::string_view text);
bool arePrintable(std::string_view text);
bool isIdentifier(std::string_view text);
bool isLowerCase(std::string_view text);
bool isUpperCase(std::string_view text);
bool isTitleCase(std::string_view text);

} // namespace weft::jinja
