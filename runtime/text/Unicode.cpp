#include "runtime/text/Unicode.h"

#include "runtime/text/Utf8.h"

#include <algorithm>
#include <utf8proc.h>
#include <vector>

namespace weft::text {

bool isWhitespace(char32_t code) {
  if (code < 0x80)
    return code == ' ' || (code >= '\t' && code <= '\r');
  return code == 0x85 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) ||
         code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F || code == 0x3000;
}

bool isNumeric(char32_t code) {
  auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  return category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO;
}

bool isPunctuation(char32_t code) {
  if (code < 0x80)
    return code > ' ' && code < 0x7F && !(code >= '0' && code <= '9') &&
           !((code | 0x20) >= 'a' && (code | 0x20) <= 'z');
  auto category = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  return category >= UTF8PROC_CATEGORY_PC && category <= UTF8PROC_CATEGORY_PO;
}

bool isWord(char32_t code) {
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(code))) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
  case UTF8PROC_CATEGORY_MN:
  case UTF8PROC_CATEGORY_MC:
  case UTF8PROC_CATEGORY_ME:
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_PC:
    return true;
  default:
    // The joiners, and the enclosed letters, which are symbols but alphabetic.
    return code == 0x200C || code == 0x200D || (code >= 0x24B6 && code <= 0x24E9) ||
           (code >= 0x1F130 && code <= 0x1F149) || (code >= 0x1F150 && code <= 0x1F169) ||
           (code >= 0x1F170 && code <= 0x1F189);
  }
}

std::string lowerCase(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    Utf8Char c = charAt(text, at);
    if (c.kind != Utf8Char::Kind::valid)
      lower += text.substr(at, c.length);
    else if (c.code == 0x130) // the one character whose lower case is two
      lower += "i\xCC\x87";
    else
      appendUtf8(lower,
                 static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c.code))));
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

void appendNormalForm(std::string &out, std::string_view valid, NormalForm form) {
  std::vector<utf8proc_int32_t> codes;
  codes.reserve(valid.size());
  for (size_t at = 0; at < valid.size();) {
    Utf8Char c = charAt(valid, at);
    decompose(c.code, form.compatibility, codes);
    at += c.length;
  }
  orderMarks(codes);
  auto count = static_cast<utf8proc_ssize_t>(codes.size());
  if (form.compose)
    count = utf8proc_normalize_utf32(
        codes.data(), count, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  for (utf8proc_ssize_t i = 0; i < count; ++i)
    appendUtf8(out, static_cast<char32_t>(codes[static_cast<size_t>(i)]));
}

} // namespace

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

} // namespace weft::text
