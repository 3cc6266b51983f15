#include "runtime/text/tokenizer/normalize/Normalizer.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/normalize/BertNormalizer.h"
#include "runtime/text/tokenizer/normalize/Precompiled.h"
#include "runtime/text/tokenizer/split/ByteAlphabet.h"
#include "runtime/text/tokenizer/split/Pattern.h"
#include "runtime/text/unicode/Unicode.h"

#include <algorithm>

namespace weft::text {

namespace {

using Made = Result<std::unique_ptr<Normalizer>>;
std::span<const Maker<Normalizer>> makers();

class SequenceNormalizer : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &fields, unsigned depth) {
    auto parts = makeComponents(makers(), fields, "normalizers", depth);
    if (!parts)
      return failFrom(parts);
    auto sequence = std::make_unique<SequenceNormalizer>();
    sequence->parts = std::move(*parts);
    return sequence;
  }
  void normalize(std::string &text) const override {
    for (const auto &part : parts)
      part->normalize(text);
  }
  void normalize(std::string &text, Origins &origins) const override {
    for (const auto &part : parts)
      part->normalize(text, origins);
  }
  bool mapsBytes() const override {
    return std::any_of(parts.begin(), parts.end(), [](auto &part) { return part->mapsBytes(); });
  }

private:
  std::vector<std::unique_ptr<Normalizer>> parts;
};

class Prepend : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &fields, unsigned) {
    auto text = fields.string("prepend");
    if (!text)
      return failFrom(text);
    auto made = std::make_unique<Prepend>();
    made->prefix = *text;
    return made;
  }
  void normalize(std::string &text) const override {
    if (!text.empty())
      text.insert(0, prefix);
  }
  void normalize(std::string &text, Origins &origins) const override {
    if (!text.empty())
      origins.insert(origins.begin(), prefix.size(), originOf(origins, {0, 0}));
    normalize(text);
  }

private:
  std::string prefix;
};

class ReplaceNormalizer : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &fields, unsigned) {
    auto pattern = makePattern(fields);
    if (!pattern)
      return failFrom(pattern);
    auto content = fields.string("content");
    if (!content)
      return failFrom(content);
    auto made = std::make_unique<ReplaceNormalizer>();
    made->pattern = std::move(*pattern);
    made->content = *content;
    return made;
  }
  void normalize(std::string &text) const override { text = pattern->replace(text, content); }
  void normalize(std::string &text, Origins &origins) const override {
    std::vector<Span> matches;
    pattern->find(text, matches);
    std::string out;
    Origins outOrigins;
    AlignedWriter writer(out, &outOrigins, &origins, text);
    size_t at = 0;
    for (Span match : matches) {
      writer.copy({at, match.begin});
      writer.replace(match, content);
      at = match.end;
    }
    writer.copy({at, text.size()});
    text = std::move(out);
    origins = std::move(outOrigins);
  }

private:
  std::unique_ptr<Pattern> pattern;
  std::string content;
};

template <bool compatibility, bool compose> class UnicodeForm : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &, unsigned) { return std::make_unique<UnicodeForm>(); }
  void normalize(std::string &text) const override {
    text = unicode::normalForm(text, {.compatibility = compatibility, .compose = compose});
  }
};

class Lowercase : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &, unsigned) { return std::make_unique<Lowercase>(); }
  void normalize(std::string &text) const override { text = unicode::lowerCase(text); }
};

class StripNormalizer : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &fields, unsigned) {
    auto left = fields.boolean("strip_left", false);
    auto right = fields.boolean("strip_right", false);
    if (!left)
      return failFrom(left);
    if (!right)
      return failFrom(right);
    auto made = std::make_unique<StripNormalizer>();
    made->left = *left;
    made->right = *right;
    return made;
  }
  void normalize(std::string &text) const override {
    const Span rest = kept(text);
    text = text.substr(rest.begin, rest.end - rest.begin);
  }
  void normalize(std::string &text, Origins &origins) const override {
    const Span rest = kept(text);
    text = text.substr(rest.begin, rest.end - rest.begin);
    origins = Origins(origins.begin() + static_cast<std::ptrdiff_t>(rest.begin),
                      origins.begin() + static_cast<std::ptrdiff_t>(rest.end));
  }

private:
  Span kept(std::string_view text) const {
    size_t begin = text.size(), end = 0;
    for (size_t at = 0; at < text.size();) {
      Utf8Char c = charAt(text, at);
      if (c.kind != Utf8Char::Kind::Valid || !unicode::isWhitespace(c.code)) {
        begin = std::min(begin, at);
        end = at + c.length;
      }
      at += c.length;
    }
    if (!right)
      end = text.size();
    return {left ? std::min(begin, end) : 0, end};
  }

  bool left = false, right = false;
};

class ByteLevelNormalizer : public Normalizer {
public:
  using Normalizer::normalize;
  static Made make(const Fields &, unsigned) { return std::make_unique<ByteLevelNormalizer>(); }
  void normalize(std::string &text) const override {
    std::string mapped;
    appendAsByteCharacters(mapped, text);
    text = std::move(mapped);
  }
  bool mapsBytes() const override { return true; }
};

std::span<const Maker<Normalizer>> makers() {
  static constexpr Maker<Normalizer> all[] = {
      {"Sequence", SequenceNormalizer::make},
      {"Prepend", Prepend::make},
      {"Replace", ReplaceNormalizer::make},
      {"NFC", UnicodeForm<false, true>::make},
      {"NFD", UnicodeForm<false, false>::make},
      {"NFKC", UnicodeForm<true, true>::make},
      {"NFKD", UnicodeForm<true, false>::make},
      {"Lowercase", Lowercase::make},
      {"Strip", StripNormalizer::make},
      {"ByteLevel", ByteLevelNormalizer::make},
      {"BertNormalizer", BertNormalizer::make},
      {"StripAccents", StripAccents::make},
      {"Nmt", Nmt::make},
      {"Precompiled", Precompiled::make},
  };
  return all;
}

} // namespace

void Normalizer::normalize(std::string &text, Origins &origins) const {
  std::string whole = text, out, part;
  Origins outOrigins;
  AlignedWriter writer(out, &outOrigins, &origins, text);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = unicode::graphemeEnd(text, begin);
    part = text.substr(begin, end - begin);
    normalize(part);
    writer.replace({begin, end}, part);
    begin = end;
  }
  normalize(whole);
  // Where graphemes depend on one another, all that is known is that the whole is from the whole.
  if (whole != out && !text.empty())
    outOrigins.assign(whole.size(), originOf(origins, {0, text.size()}));
  text = std::move(whole);
  origins = std::move(outOrigins);
}

Result<std::unique_ptr<Normalizer>> makeNormalizer(JsonValue value, std::string path) {
  return makeComponent(makers(), value, std::move(path));
}

} // namespace weft::text
