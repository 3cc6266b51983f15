#include "runtime/text/unicode/Unicode.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/unicode/Age.h"
#include "runtime/text/unicode/GeneralCategory.h"

#include <algorithm>
#include <utf8proc.h>
#include <vector>

namespace weft::unicode {

bool isWhitespace(char32_t code) {
  if (code < 0x80)
    return code == ' ' || (code >= '\t' && code <= '\r');
  return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
         code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

namespace {

bool isEnclosedLetter(char32_t code) {
  return (code >= 0x24B6 && code <= 0x24E9) || (code >= 0x1F130 && code <= 0x1F149) ||
         (code >= 0x1F150 && code <= 0x1F169) || (code >= 0x1F170 && code <= 0x1F189);
}

} // namespace

bool isNumeric(char32_t code) {
  return isIn(code, numbers) || (code >= 0x11DE0 && code <= 0x11DE9) ||
         (code >= 0x16FF4 && code <= 0x16FF6);
}

bool isPunctuation(char32_t code) {
  if (code < 0x80)
    return code > ' ' && code < 0x7F && !(code >= '0' && code <= '9') &&
           !((code | 0x20) >= 'a' && (code | 0x20) <= 'z');
  // Two characters were punctuation then and are not any more.
  return code == 0x166D || code == 0x111C9 || (isIn(code, punctuation) && !isYoungerThan(8, code));
}

bool isWord(char32_t code) {
  using enum GeneralCategory;
  if (isIn(code, letters | marks | bits(Nd, Nl, Pc)))
    return true;
  // The joiners, and the enclosed letters, which are symbols but alphabetic.
  return code == 0x200C || code == 0x200D || isEnclosedLetter(code);
}

bool isCombiningMark(char32_t code) {
  if (code == 0x1CF2 || code == 0x1CF3) // marks in Unicode 9
    return true;
  return code >= 0x300 && code != 0x111C9 && isIn(code, marks) && !isYoungerThan(9, code);
}

bool isBertAccent(char32_t code) {
  if (code == 0x1734 || code == 0x1171E) // of category Mn in Unicode 8, and three that were not
    return true;
  return code >= 0x300 && code != 0x1885 && code != 0x1886 && code != 0xA9BD && code != 0x111C9 &&
         isIn(code, bit(GeneralCategory::Mn)) && !isYoungerThan(8, code);
}

bool isBertControl(char32_t code) {
  if (code == 0xFFFD)
    return true;
  if (code == '\t' || code == '\n' || code == '\r')
    return false;
  return isIn(code, others & ~bit(GeneralCategory::Cn)) && !isYoungerThan(8, code);
}

bool isBertIdeograph(char32_t code) {
  return (code >= 0x3400 && code <= 0x4DBF) || (code >= 0x4E00 && code <= 0x9FFF) ||
         (code >= 0xF900 && code <= 0xFAFF) || (code >= 0x20000 && code <= 0x2A6DF) ||
         (code >= 0x2A700 && code <= 0x2B81F) || (code >= 0x2B920 && code <= 0x2CEAF) ||
         (code >= 0x2F800 && code <= 0x2FA1F);
}

namespace {

struct CasePair {
  /// The lower case of `first`.
  char32_t first, last, lower;
};

/// Capitals that are younger than Unicode 15, which libutf8proc 2.8 knows.
constexpr CasePair newerCapitals[] = {
    {0x1C89, 0x1C89, 0x1C8A},    {0xA7CB, 0xA7CB, 0x264},  {0xA7CC, 0xA7CC, 0xA7CD},
    {0xA7CE, 0xA7CE, 0xA7CF},    {0xA7D2, 0xA7D2, 0xA7D3}, {0xA7D4, 0xA7D4, 0xA7D5},
    {0xA7DA, 0xA7DA, 0xA7DB},    {0xA7DC, 0xA7DC, 0x19B},  {0x10D50, 0x10D65, 0x10D70},
    {0x16EA0, 0x16EB8, 0x16EBB},
};

char32_t toLower(char32_t code) {
  if (code < 0x80)
    return code >= 'A' && code <= 'Z' ? code + 32 : code;
  if (code >= newerCapitals[0].first)
    for (const CasePair &pair : newerCapitals)
      if (code >= pair.first && code <= pair.last)
        return pair.lower + (code - pair.first);
  return static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(code)));
}

} // namespace

std::u32string lowerCase(char32_t code) {
  if (code == 0x130) // the one character whose lower case is two
    return U"i\u0307";
  return std::u32string(1, toLower(code));
}

std::string lowerCase(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    Utf8Char c = charAt(text, at);
    if (c.kind != Utf8Char::Kind::Valid)
      lower += text.substr(at, c.length);
    else
      for (char32_t code : lowerCase(c.code))
        appendUtf8(lower, code);
    at += c.length;
  }
  return lower;
}

namespace {

void decompose(char32_t code, bool compatibility, std::vector<utf8proc_int32_t> &codes) {
  const int options = UTF8PROC_DECOMPOSE | UTF8PROC_STABLE | (compatibility ? UTF8PROC_COMPAT : 0);
  utf8proc_int32_t parts[32]; // the longest decomposition has 18
  int boundary = 0;
  auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(code), parts, 32,
                                       static_cast<utf8proc_option_t>(options), &boundary);
  if (count < 0 || count > 32)
    codes.push_back(static_cast<utf8proc_int32_t>(code));
  else
    codes.insert(codes.end(), parts, parts + count);
}

/// Canonical ordering (Unicode, D109): sorts each run of marks by class, stably. utf8proc's
/// own is quadratic in the run.
void orderMarks(std::vector<utf8proc_int32_t> &codes) {
  struct Mark {
    int order;
    size_t place;
    utf8proc_int32_t code;
  };
  std::vector<Mark> run;
  for (size_t at = 0; at < codes.size(); ++at) {
    run.clear();
    const size_t begin = at;
    for (; at < codes.size() && codes[at] >= 0x300; ++at) {
      const int order = utf8proc_get_property(codes[at])->combining_class;
      if (order == 0)
        break;
      run.push_back({order, at, codes[at]});
    }
    std::sort(run.begin(), run.end(), [](const Mark &a, const Mark &b) {
      return a.order != b.order ? a.order < b.order : a.place < b.place;
    });
    for (size_t i = 0; i < run.size(); ++i)
      codes[begin + i] = run[i].code;
  }
}

void appendComposed(std::string &out, std::vector<utf8proc_int32_t> &codes, NormalForm form) {
  orderMarks(codes);
  auto count = static_cast<utf8proc_ssize_t>(codes.size());
  if (form.compose)
    count = utf8proc_normalize_utf32(
        codes.data(), count, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    appendUtf8(out, static_cast<char32_t>(codes[static_cast<size_t>(i)]));
  codes.clear();
}

/// A character that is too young neither decomposes nor composes nor moves: it parts the text.
void appendNormalForm(std::string &out, std::string_view valid, NormalForm form) {
  std::vector<utf8proc_int32_t> codes;
  codes.reserve(valid.size());
  for (size_t at = 0; at < valid.size();) {
    Utf8Char c = charAt(valid, at);
    if (isYoungerThan(9, c.code)) {
      appendComposed(out, codes, form);
      appendUtf8(out, c.code);
    } else {
      decompose(c.code, form.compatibility, codes);
    }
    at += c.length;
  }
  appendComposed(out, codes, form);
}

} // namespace

size_t graphemeEnd(std::string_view text, size_t begin) {
  Utf8Char c = charAt(text, begin);
  size_t end = begin + c.length;
  utf8proc_int32_t state = 0;
  while (end < text.size() && c.kind == Utf8Char::Kind::Valid) {
    const Utf8Char after = charAt(text, end);
    if (after.kind != Utf8Char::Kind::Valid ||
        utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(c.code),
                                         static_cast<utf8proc_int32_t>(after.code), &state))
      break;
    end += after.length;
    c = after;
  }
  return end;
}

std::string normalForm(std::string_view text, NormalForm form) {
  auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), ascii))
    return std::string(text);
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t valid = validPrefix(text);
    appendNormalForm(out, text.substr(0, valid), form);
    text.remove_prefix(valid);
    if (text.empty())
      break;
    unsigned invalid = charAt(text, 0).length;
    out += text.substr(0, invalid);
    text.remove_prefix(invalid);
  }
  return out;
}

} // namespace weft::unicode
