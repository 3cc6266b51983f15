#include "runtime/text/tokenizer/normalize/BertNormalizer.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/unicode/Unicode.h"

namespace weft::text {

namespace {

/// `text` with `rewrite(out, code, bytes)` for each character; bytes that are none stay.
template <typename Rewrite> std::string rewritten(std::string_view text, Rewrite rewrite) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Utf8Char c = charAt(text, at);
    const std::string_view bytes = text.substr(at, c.length);
    if (c.kind == Utf8Char::Kind::Valid)
      rewrite(out, c.code, bytes);
    else
      out += bytes;
    at += c.length;
  }
  return out;
}

std::string without(std::string_view text, bool (*drops)(char32_t)) {
  return rewritten(text, [drops](std::string &out, char32_t code, std::string_view bytes) {
    if (!drops(code))
      out += bytes;
  });
}

} // namespace

Result<std::unique_ptr<Normalizer>> BertNormalizer::make(const Fields &fields, unsigned) {
  auto made = std::make_unique<BertNormalizer>();
  struct Flag {
    std::string_view key;
    bool *flag;
  };
  for (Flag option :
       {Flag{"clean_text", &made->cleanText}, Flag{"handle_chinese_chars", &made->spaceIdeographs},
        Flag{"lowercase", &made->lower}}) {
    auto flag = fields.boolean(option.key, true);
    if (!flag)
      return failFrom(flag);
    *option.flag = *flag;
  }
  // Where the file does not say, accents go with the case.
  auto stripAccents = fields.boolean("strip_accents", made->lower);
  if (!stripAccents)
    return failFrom(stripAccents);
  made->stripAccents = *stripAccents;
  return made;
}

void BertNormalizer::normalize(std::string &text) const {
  if (cleanText)
    text = rewritten(text, [](std::string &out, char32_t code, std::string_view bytes) {
      if (code == 0 || unicode::isBertControl(code))
        return;
      if (unicode::isWhitespace(code))
        out += ' ';
      else
        out += bytes;
    });
  if (spaceIdeographs)
    text = rewritten(text, [](std::string &out, char32_t code, std::string_view bytes) {
      const bool apart = unicode::isBertIdeograph(code);
      out += apart ? " " : "";
      out += bytes;
      out += apart ? " " : "";
    });
  if (stripAccents)
    text = without(unicode::normalForm(text, {.compatibility = false, .compose = false}),
                   unicode::isBertAccent);
  if (lower)
    text = unicode::lowerCase(text);
}

Result<std::unique_ptr<Normalizer>> StripAccents::make(const Fields &, unsigned) {
  return std::make_unique<StripAccents>();
}

void StripAccents::normalize(std::string &text) const {
  text = without(text, unicode::isCombiningMark);
}

Result<std::unique_ptr<Normalizer>> Nmt::make(const Fields &, unsigned) {
  return std::make_unique<Nmt>();
}

void Nmt::normalize(std::string &text) const {
  auto isDropped = [](char32_t code) {
    return (code >= 0x1 && code <= 0x8) || code == 0xB || (code >= 0xE && code <= 0x1F) ||
           code == 0x7F || code == 0x8F || code == 0x9F;
  };
  auto isSpace = [](char32_t code) {
    return code == 0x9 || code == 0xA || code == 0xC || code == 0xD || code == 0x1680 ||
           (code >= 0x200B && code <= 0x200F) || code == 0x2028 || code == 0x2029 ||
           code == 0x2581 || code == 0xFEFF || code == 0xFFFD;
  };
  text = rewritten(text, [&](std::string &out, char32_t code, std::string_view bytes) {
    if (isSpace(code))
      out += ' ';
    else if (!isDropped(code))
      out += bytes;
  });
}

} // namespace weft::text
