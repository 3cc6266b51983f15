// Python's string operations, by character.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::jinja {

/// Splits `text` into characters; an invalid UTF-8 byte counts as one.
std::vector<std::string_view> characters(std::string_view text);

enum class Side { Left, Right, Both };
/// Removes characters of `set` (white space if empty) from the ends, as str.strip().
std::string_view stripped(std::string_view text, std::optional<std::string_view> set, Side side);

/// Splits `text` at `separator`, or at runs of white space if it is empty (nullopt), at most `most`
/// times (any number if negative), as str.split(). A given separator must not be "".
std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, int64_t most);

/// Does what split() does from the right, as str.rsplit().
std::vector<std::string_view>
splitFromRight(std::string_view text, std::optional<std::string_view> separator, int64_t most);
/// Returns the lines of str.splitlines(), each with its line end.
std::vector<std::pair<std::string_view, std::string_view>> linesOf(std::string_view text);

/// Replaces the first `most` (all if negative) occurrences of `from`, as str.replace(). An empty
/// `from` occurs before each character and at the end.
std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t most);
/// Returns how many replacements replaced() makes.
size_t countOf(std::string_view text, std::string_view from, int64_t most);

/// Centers `text` in `width` characters, as str.center(); `fill` is one character.
std::string centered(std::string_view text, int64_t width, std::string_view fill);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// Returns str.casefold().
std::string folded(std::string_view text);
std::string swappedCase(std::string_view text);
/// Returns the first character in upper case and the others in lower case.
std::string capitalized(std::string_view text);
/// Capitalizes each word. Words are separated by any character that is no letter in Python's
/// str.title(), and by white space, hyphens and opening brackets in Jinja's filter (`asFilter`).
std::string titled(std::string_view text, bool asFilter);

// str.isalpha() and the like. All but areAscii() and arePrintable() are false // for an empty text.
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
