#include "runtime/text/jinja/syntax/Characters.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/unicode/Unicode.h"

#include <algorithm>
#include <utf8proc.h>

namespace weft::jinja {

namespace {

bool isSpace(std::string_view character) {
  const Utf8Char c = charAt(character, 0);
  return c.kind == Utf8Char::Kind::Valid &&
         (unicode::isWhitespace(c.code) || (c.code >= 0x1C && c.code < 0x20));
}

bool isLetter(std::string_view character) {
  const Utf8Char c = charAt(character, 0);
  if (c.kind != Utf8Char::Kind::Valid)
    return false;
  const utf8proc_category_t category = utf8proc_category(utf8proc_int32_t(c.code));
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

/// Each character by `map`; bytes that are no UTF-8 stay.
template <typename Map> std::string mapped(std::string_view text, const Map &map) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = charAt(text, at);
    if (c.kind == Utf8Char::Kind::Valid)
      appendUtf8(out, char32_t(map(utf8proc_int32_t(c.code))));
    else
      out += text.substr(at, c.length);
    at += c.length;
  }
  return out;
}

} // namespace

std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> pieces;
  for (size_t at = 0; at < text.size(); at += pieces.back().size())
    pieces.push_back(text.substr(at, charAt(text, at).length));
  return pieces;
}

std::string_view stripped(std::string_view text, std::optional<std::string_view> set, Side side) {
  const std::vector<std::string_view> all = characters(text);
  const std::vector<std::string_view> members = characters(set.value_or(""));
  auto goes = [&](std::string_view character) {
    return set ? std::ranges::find(members, character) != members.end() : isSpace(character);
  };
  auto first = all.begin(), last = all.end();
  if (side != Side::Right)
    first = std::find_if_not(first, last, goes);
  if (side != Side::Left)
    while (last != first && goes(*(last - 1)))
      --last;
  if (first == last)
    return {};
  return {first->data(), size_t((last - 1)->data() + (last - 1)->size() - first->data())};
}

namespace {

std::vector<std::string_view> splitAtSpace(std::string_view text, int64_t most) {
  std::vector<std::string_view> pieces;
  const std::vector<std::string_view> all = characters(text);
  for (auto at = all.begin();;) {
    at = std::find_if_not(at, all.end(), isSpace);
    if (at == all.end())
      return pieces;
    const char *begin = at->data();
    if (most >= 0 && int64_t(pieces.size()) == most) {
      pieces.emplace_back(begin, size_t(text.data() + text.size() - begin));
      return pieces;
    }
    at = std::find_if(at, all.end(), isSpace);
    const char *end = at == all.end() ? text.data() + text.size() : at->data();
    pieces.emplace_back(begin, size_t(end - begin));
  }
}

} // namespace

std::vector<std::string_view> split(std::string_view text,
                                    std::optional<std::string_view> separator, int64_t most) {
  if (!separator)
    return splitAtSpace(text, most);
  std::vector<std::string_view> pieces;
  size_t begin = 0;
  while (most < 0 || int64_t(pieces.size()) < most) {
    const size_t end = text.find(*separator, begin);
    if (end == text.npos)
      break;
    pieces.push_back(text.substr(begin, end - begin));
    begin = end + separator->size();
  }
  pieces.push_back(text.substr(begin));
  return pieces;
}

std::vector<std::string_view>
splitFromRight(std::string_view text, std::optional<std::string_view> separator, int64_t most) {
  if (most < 0)
    return split(text, separator, most);
  std::vector<std::string_view> pieces;
  while (int64_t(pieces.size()) < most) {
    if (!separator)
      text = stripped(text, std::nullopt, Side::Right);
    size_t begin = text.size(), end = text.size(); // of the separator
    if (separator) {
      begin = text.rfind(*separator);
      end = begin + separator->size();
    } else {
      const std::vector<std::string_view> all = characters(text);
      auto at = std::find_if(all.rbegin(), all.rend(), isSpace);
      begin = at == all.rend() ? text.npos : size_t(at->data() - text.data());
      end = at == all.rend() ? begin : begin + at->size();
    }
    if (begin == text.npos)
      break;
    pieces.push_back(text.substr(end));
    text = text.substr(0, begin);
  }
  if (!separator)
    text = stripped(text, std::nullopt, Side::Right);
  if (separator || !text.empty())
    pieces.push_back(text);
  std::ranges::reverse(pieces);
  return pieces;
}

std::vector<std::pair<std::string_view, std::string_view>> linesOf(std::string_view text) {
  std::vector<std::pair<std::string_view, std::string_view>> lines;
  size_t begin = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = charAt(text, at);
    const bool ends = c.kind == Utf8Char::Kind::Valid &&
                      ((c.code >= 0x0A && c.code <= 0x0D) || (c.code >= 0x1C && c.code <= 0x1E) ||
                       c.code == 0x85 || c.code == 0x2028 || c.code == 0x2029);
    size_t next = at + c.length;
    if (ends) {
      if (c.code == '\r' && text.substr(next).starts_with('\n'))
        ++next;
      lines.emplace_back(text.substr(begin, at - begin), text.substr(at, next - at));
      begin = next;
    }
    at = next;
  }
  if (begin < text.size())
    lines.emplace_back(text.substr(begin), std::string_view());
  return lines;
}

size_t countOf(std::string_view text, std::string_view from, int64_t most) {
  size_t count = 0;
  if (from.empty()) {
    count = characters(text).size() + 1;
  } else {
    for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += from.size())
      ++count;
  }
  return most < 0 ? count : std::min(count, size_t(most));
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t most) {
  const size_t times = countOf(text, from, most);
  std::string out;
  size_t at = 0;
  for (size_t i = 0; i < times; ++i) {
    size_t end = at;
    if (!from.empty())
      end = text.find(from, at);
    else if (i > 0)
      end = at + charAt(text, at).length;
    out += text.substr(at, end - at);
    out += to;
    at = end + from.size();
  }
  return out.append(text.substr(at));
}

std::string upper(std::string_view text) { return mapped(text, utf8proc_toupper); }
std::string lower(std::string_view text) { return mapped(text, utf8proc_tolower); }

std::string folded(std::string_view text) {
  std::string out;
  for (std::string_view character : characters(text)) {
    const Utf8Char c = charAt(character, 0);
    utf8proc_int32_t parts[8];
    int unused = 0;
    const utf8proc_ssize_t count = c.kind == Utf8Char::Kind::Valid
                                       ? utf8proc_decompose_char(utf8proc_int32_t(c.code), parts, 8,
                                                                 UTF8PROC_CASEFOLD, &unused)
                                       : -1;
    if (count < 0 || count > 8)
      out += character;
    for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(count, 8); ++i)
      appendUtf8(out, char32_t(parts[i]));
  }
  return out;
}

std::string swappedCase(std::string_view text) {
  return mapped(text, [](utf8proc_int32_t code) {
    const utf8proc_int32_t other = utf8proc_tolower(code);
    return other == code ? utf8proc_toupper(code) : other;
  });
}

std::string centered(std::string_view text, int64_t width, std::string_view fill) {
  const auto length = int64_t(characters(text).size());
  const int64_t missing = std::max<int64_t>(width - length, 0);
  const int64_t before = missing / 2 + (missing & width & 1);
  std::string out;
  for (int64_t i = 0; i < before; ++i)
    out += fill;
  out += text;
  for (int64_t i = before; i < missing; ++i)
    out += fill;
  return out;
}

std::string capitalized(std::string_view text) {
  if (text.empty())
    return {};
  const size_t first = charAt(text, 0).length;
  return mapped(text.substr(0, first), utf8proc_totitle) + lower(text.substr(first));
}

std::string titled(std::string_view text, bool asFilter) {
  std::string out, word;
  auto finish = [&] {
    out += capitalized(word);
    word.clear();
  };
  for (std::string_view character : characters(text)) {
    const bool opens = std::string_view("-({[<").find(character) != std::string_view::npos;
    const bool ends = asFilter ? opens || isSpace(character) : !isLetter(character);
    if (ends) {
      finish();
      out += character;
    } else {
      word += character;
    }
  }
  finish();
  return out;
}

} // namespace weft::jinja
