// What kinds of characters a text is made of, as Python's str.is...() ask.
#include "runtime/base/Utf8.h"
#include "runtime/text/jinja/syntax/Characters.h"
#include "runtime/text/unicode/Unicode.h"

#include <algorithm>
#include <utf8proc.h>

namespace weft::jinja {

namespace {

/// The category of a character; CN of bytes that are no UTF-8.
utf8proc_category_t categoryOf(std::string_view character) {
  const Utf8Char c = charAt(character, 0);
  return c.kind == Utf8Char::Kind::Valid ? utf8proc_category(utf8proc_int32_t(c.code))
                                         : UTF8PROC_CATEGORY_CN;
}

bool isLetter(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}
bool isNumeric(utf8proc_category_t category) {
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

/// Of the characters that are digits and no decimal ones: superscripts,
/// subscripts, circled ones.
bool isOtherDigit(char32_t code) {
  constexpr std::pair<char32_t, char32_t> ranges[] = {
      {0xB2, 0xB3},     {0xB9, 0xB9},     {0x1369, 0x1371}, {0x19DA, 0x19DA},
      {0x2070, 0x2070}, {0x2074, 0x2079}, {0x2080, 0x2089}, {0x2460, 0x2468},
      {0x2474, 0x247C}, {0x2488, 0x2490}, {0x24EA, 0x24EA}, {0x24F5, 0x24FD},
      {0x24FF, 0x24FF}, {0x2776, 0x277E}, {0x2780, 0x2788}, {0x278A, 0x2792}};
  return std::ranges::any_of(
      ranges, [&](const auto &range) { return code >= range.first && code <= range.second; });
}

template <typename Holds> bool all(std::string_view text, const Holds &holds) {
  return !text.empty() && std::ranges::all_of(characters(text), holds);
}

bool isDigit(std::string_view character) {
  return categoryOf(character) == UTF8PROC_CATEGORY_ND || isOtherDigit(charAt(character, 0).code);
}

} // namespace

bool areLetters(std::string_view text) {
  return all(text, [](std::string_view each) { return isLetter(categoryOf(each)); });
}

bool areDecimal(std::string_view text) {
  return all(text, [](std::string_view each) { return categoryOf(each) == UTF8PROC_CATEGORY_ND; });
}

bool areDigits(std::string_view text) { return all(text, isDigit); }

bool areNumeric(std::string_view text) {
  return all(text, [](std::string_view each) { return isNumeric(categoryOf(each)); });
}

bool areAlphanumeric(std::string_view text) {
  return all(text, [](std::string_view each) {
    const utf8proc_category_t category = categoryOf(each);
    return isLetter(category) || isNumeric(category);
  });
}

bool areSpaces(std::string_view text) {
  return !text.empty() && stripped(text, std::nullopt, Side::Both).empty();
}

bool areAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool arePrintable(std::string_view text) {
  return text.empty() || all(text, [](std::string_view each) {
           const utf8proc_category_t category = categoryOf(each);
           const bool separates =
               category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP;
           const bool controls =
               category == UTF8PROC_CATEGORY_CN ||
               (category >= UTF8PROC_CATEGORY_CC && category <= UTF8PROC_CATEGORY_CO);
           return each == " " || (!separates && !controls);
         });
}

bool isIdentifier(std::string_view text) {
  bool first = true;
  return all(text, [&](std::string_view each) {
    const utf8proc_category_t category = categoryOf(each);
    const bool begins = isLetter(category) || category == UTF8PROC_CATEGORY_NL || each == "_";
    const bool goesOn = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
                        category == UTF8PROC_CATEGORY_ND || category == UTF8PROC_CATEGORY_PC;
    return std::exchange(first, false) ? begins : begins || goesOn;
  });
}

namespace {

/// No character of another case, and at least one of this.
template <utf8proc_category_t wanted, utf8proc_category_t other>
bool isInCase(std::string_view text) {
  bool any = false;
  for (std::string_view each : characters(text)) {
    const utf8proc_category_t category = categoryOf(each);
    if (category == other || category == UTF8PROC_CATEGORY_LT)
      return false;
    any |= category == wanted;
  }
  return any;
}

} // namespace

bool isLowerCase(std::string_view text) {
  return isInCase<UTF8PROC_CATEGORY_LL, UTF8PROC_CATEGORY_LU>(text);
}
bool isUpperCase(std::string_view text) {
  return isInCase<UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LL>(text);
}

bool isTitleCase(std::string_view text) {
  bool any = false, within = false;
  for (std::string_view each : characters(text)) {
    const utf8proc_category_t category = categoryOf(each);
    const bool isUpper = category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
    const bool isLower = category == UTF8PROC_CATEGORY_LL;
    if ((isUpper && within) || (isLower && !within))
      return false;
    within = isUpper || isLower;
    any |= within;
  }
  return any;
}

} // namespace weft::jinja
