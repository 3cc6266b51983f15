#include "runtime/text/tokenizer/split/Pattern.h"

#include "runtime/base/Utf8.h"

#include <cstring>

namespace weft::text {

namespace {

class LiteralPattern : public Pattern {
public:
  explicit LiteralPattern(std::string_view text) : text(text) {}
  void find(std::string_view in, std::vector<Span> &matches) const override {
    // memmem, unlike string_view::find, is linear whatever the pattern.
    for (size_t at = 0; at < in.size();) {
      const void *found = memmem(in.data() + at, in.size() - at, text.data(), text.size());
      if (!found)
        return;
      at = static_cast<size_t>(static_cast<const char *>(found) - in.data());
      matches.push_back({at, at + text.size()});
      at += text.size();
    }
  }
  std::string_view literal() const override { return text; }

private:
  std::string text;
};

class RegexPattern : public Pattern {
public:
  explicit RegexPattern(regex::Regex regex) : regex(std::move(regex)) {}
  void find(std::string_view in, std::vector<Span> &matches) const override {
    regex.find(in, matches);
  }

private:
  regex::Regex regex;
};

class CharacterPattern : public Pattern {
public:
  explicit CharacterPattern(bool (*contains)(char32_t)) : contains(contains) {}
  void find(std::string_view in, std::vector<Span> &matches) const override {
    for (size_t at = 0; at < in.size();) {
      Utf8Char c = charAt(in, at);
      if (c.kind == Utf8Char::Kind::Valid && contains(c.code))
        matches.push_back({at, at + c.length});
      at += c.length;
    }
  }

private:
  bool (*contains)(char32_t);
};

} // namespace

std::string Pattern::replace(std::string_view text, std::string_view content) const {
  std::vector<Span> matches;
  find(text, matches);
  std::string out;
  size_t at = 0;
  for (Span match : matches) {
    out += text.substr(at, match.begin - at);
    out += content;
    at = match.end;
  }
  out += text.substr(at);
  return out;
}

Result<std::unique_ptr<Pattern>> makePattern(const Fields &fields) {
  auto pattern = fields.object("pattern");
  if (!pattern)
    return failFrom(pattern);
  if (pattern->has("String")) {
    auto text = pattern->string("String");
    if (!text)
      return failFrom(text);
    if (text->empty())
      return fail(pattern->path("String") + ": expected a text to look for, found none");
    return makeLiteral(*text);
  }
  if (!pattern->has("Regex"))
    return fail(pattern->path() + ": expected {\"String\": ...} or {\"Regex\": ...}");
  auto text = pattern->string("Regex");
  if (!text)
    return failFrom(text);
  auto regex = regex::Regex::compile(*text);
  if (!regex)
    return fail(pattern->path("Regex") + ": " + regex.error().message);
  return std::make_unique<RegexPattern>(std::move(*regex));
}

std::unique_ptr<Pattern> makeLiteral(std::string_view text) {
  return std::make_unique<LiteralPattern>(text);
}

std::unique_ptr<Pattern> makeCharacterClass(bool (*contains)(char32_t)) {
  return std::make_unique<CharacterPattern>(contains);
}

} // namespace weft::text
