#include "runtime/text/tokenizer/split/PreTokenizer.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/tokenizer/split/ByteAlphabet.h"
#include "runtime/text/tokenizer/split/Metaspace.h"
#include "runtime/text/tokenizer/split/SplitBehavior.h"
#include "runtime/text/unicode/Unicode.h"

#include <algorithm>

namespace weft::text {

namespace {

using Made = Result<std::unique_ptr<PreTokenizer>>;
std::span<const Maker<PreTokenizer>> makers();

class SequencePreTokenizer : public PreTokenizer {
public:
  static Made make(const Fields &fields, unsigned depth) {
    auto parts = makeComponents(makers(), fields, "pretokenizers", depth);
    if (!parts)
      return failFrom(parts);
    auto sequence = std::make_unique<SequencePreTokenizer>();
    sequence->parts = std::move(*parts);
    return sequence;
  }
  void apply(Pieces &pieces) const override {
    for (const auto &part : parts)
      part->apply(pieces);
  }
  bool dependsOnBeginning() const override {
    return std::ranges::any_of(parts, [](auto &part) { return part->dependsOnBeginning(); });
  }
  bool mapsBytes() const override {
    return std::any_of(parts.begin(), parts.end(), [](auto &part) { return part->mapsBytes(); });
  }

private:
  std::vector<std::unique_ptr<PreTokenizer>> parts;
};

/// Splits at a pattern. Split, Digits, Punctuation and WhitespaceSplit are all this.
class SplitPreTokenizer : public PreTokenizer {
public:
  SplitPreTokenizer(std::unique_ptr<Pattern> pattern, SplitBehavior behavior, bool invert)
      : pattern(std::move(pattern)), behavior(behavior), invert(invert) {}

  static Made make(const Fields &fields, unsigned) {
    auto pattern = makePattern(fields);
    if (!pattern)
      return failFrom(pattern);
    auto behavior = makeSplitBehavior(fields, SplitBehavior::Isolated);
    if (!behavior)
      return failFrom(behavior);
    auto invert = fields.boolean("invert", false);
    if (!invert)
      return failFrom(invert);
    return std::make_unique<SplitPreTokenizer>(std::move(*pattern), *behavior, *invert);
  }
  static Made makeDigits(const Fields &fields, unsigned) {
    auto individual = fields.boolean("individual_digits", false);
    if (!individual)
      return failFrom(individual);
    return std::make_unique<SplitPreTokenizer>(
        makeCharacterClass(unicode::isNumeric),
        *individual ? SplitBehavior::Isolated : SplitBehavior::Contiguous, false);
  }
  static Made makePunctuation(const Fields &fields, unsigned) {
    auto behavior = makeSplitBehavior(fields, SplitBehavior::Isolated);
    if (!behavior)
      return failFrom(behavior);
    return std::make_unique<SplitPreTokenizer>(makeCharacterClass(unicode::isPunctuation),
                                               *behavior, false);
  }
  static Made makeWhitespaceSplit(const Fields &, unsigned) {
    return std::make_unique<SplitPreTokenizer>(makeCharacterClass(unicode::isWhitespace),
                                               SplitBehavior::Removed, false);
  }

  static Made makeDelimiter(const Fields &fields, unsigned) {
    auto delimiter = fields.character("delimiter");
    if (!delimiter)
      return failFrom(delimiter);
    return std::make_unique<SplitPreTokenizer>(makeLiteral(*delimiter), SplitBehavior::Removed,
                                               false);
  }

  void apply(Pieces &pieces) const override {
    pieces.cut([this](std::string_view text, std::vector<Span> &ranges) {
      split(text, *pattern, behavior, invert, ranges);
    });
  }

private:
  std::unique_ptr<Pattern> pattern;
  SplitBehavior behavior;
  bool invert;
};

/// BERT's: white space parts and goes, punctuation stands alone.
class BertPreTokenizer : public PreTokenizer {
public:
  static Made make(const Fields &, unsigned) { return std::make_unique<BertPreTokenizer>(); }
  void apply(Pieces &pieces) const override {
    pieces.cut([](std::string_view text, std::vector<Span> &ranges) {
      size_t begin = 0;
      for (size_t at = 0; at < text.size();) {
        const Utf8Char c = charAt(text, at);
        const size_t end = at + c.length;
        const bool valid = c.kind == Utf8Char::Kind::Valid;
        const bool alone = valid && unicode::isPunctuation(c.code);
        if (alone || (valid && unicode::isWhitespace(c.code))) {
          ranges.push_back({begin, at});
          if (alone)
            ranges.push_back({at, end});
          begin = end;
        }
        at = end;
      }
      ranges.push_back({begin, text.size()});
    });
  }
};

/// Cuts every `length` characters.
class FixedLength : public PreTokenizer {
public:
  static Made make(const Fields &fields, unsigned) {
    auto length = fields.count("length", 5);
    if (!length)
      return failFrom(length);
    if (*length == 0)
      return fail(fields.path("length") + ": expected at least 1, found 0");
    auto made = std::make_unique<FixedLength>();
    made->length = *length;
    return made;
  }
  void apply(Pieces &pieces) const override {
    pieces.cut([this](std::string_view text, std::vector<Span> &ranges) {
      for (size_t begin = 0, end; begin < text.size(); begin = end) {
        end = begin;
        for (uint64_t i = 0; i < length && end < text.size(); ++i)
          end += charAt(text, end).length;
        ranges.push_back({begin, end});
      }
    });
  }

private:
  uint64_t length = 0;
};

/// Keeps the runs of word characters and the runs of symbols: \w+|[^\w\s]+.
class Whitespace : public PreTokenizer {
public:
  static Made make(const Fields &, unsigned) { return std::make_unique<Whitespace>(); }
  void apply(Pieces &pieces) const override {
    pieces.cut([](std::string_view text, std::vector<Span> &ranges) {
      enum class Kind { Space, Word, Symbol } last = Kind::Space;
      for (size_t at = 0; at < text.size();) {
        Utf8Char c = charAt(text, at);
        const bool valid = c.kind == Utf8Char::Kind::Valid;
        Kind kind = !valid                          ? Kind::Symbol
                    : unicode::isWord(c.code)       ? Kind::Word
                    : unicode::isWhitespace(c.code) ? Kind::Space
                                                    : Kind::Symbol;
        if (kind != Kind::Space && kind == last)
          ranges.back().end += c.length;
        else if (kind != Kind::Space)
          ranges.push_back({at, at + c.length});
        last = kind;
        at += c.length;
      }
    });
  }
};

/// Splits into words as GPT-2 does, then writes each byte as a character.
class ByteLevel : public PreTokenizer {
public:
  static Made make(const Fields &fields, unsigned) {
    auto prefixSpace = fields.boolean("add_prefix_space", true);
    if (!prefixSpace)
      return failFrom(prefixSpace);
    auto useRegex = fields.boolean("use_regex", true);
    if (!useRegex)
      return failFrom(useRegex);
    auto made = std::make_unique<ByteLevel>();
    made->prefixSpace = *prefixSpace;
    if (*useRegex) {
      auto regex = regex::Regex::compile(
          R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)");
      if (!regex)
        return failFrom(regex);
      made->words = std::make_unique<regex::Regex>(std::move(*regex));
    }
    return made;
  }
  void apply(Pieces &pieces) const override {
    if (prefixSpace)
      pieces.rewrite(
          [](std::string &out, std::string_view text, bool) {
            if (!text.starts_with(' '))
              out += ' ';
            out += text;
          },
          [](AlignedWriter &writer, std::string_view text, bool) {
            if (!text.starts_with(' '))
              writer.replace({0, 0}, " ");
            writer.copy({0, text.size()});
          });
    if (words)
      pieces.cut(
          [this](std::string_view text, std::vector<Span> &ranges) { cutWords(text, ranges); });
    pieces.rewrite(
        [](std::string &out, std::string_view text, bool) { appendAsByteCharacters(out, text); },
        [](AlignedWriter &writer, std::string_view text, bool) {
          for (size_t at = 0; at < text.size(); ++at) {
            std::string character;
            appendAsByteCharacters(character, text.substr(at, 1));
            writer.replace({at, at + 1}, character);
          }
        });
  }
  bool mapsBytes() const override { return true; }

private:
  void cutWords(std::string_view text, std::vector<Span> &ranges) const {
    std::vector<Span> matches;
    words->find(text, matches);
    size_t at = 0;
    for (Span match : matches) { // what lies between matches is bytes that are no UTF-8
      ranges.push_back({at, match.begin});
      ranges.push_back(match);
      at = match.end;
    }
    ranges.push_back({at, text.size()});
  }

  bool prefixSpace = true;
  std::unique_ptr<regex::Regex> words;
};

class MetaspacePreTokenizer : public PreTokenizer {
public:
  static Made make(const Fields &fields, unsigned) {
    auto metaspace = Metaspace::read(fields);
    if (!metaspace)
      return failFrom(metaspace);
    auto made = std::make_unique<MetaspacePreTokenizer>();
    made->metaspace = std::move(*metaspace);
    made->mark = makeLiteral(made->metaspace.mark);
    return made;
  }
  void apply(Pieces &pieces) const override {
    pieces.rewrite(
        [this](std::string &out, std::string_view text, bool startsInput) {
          if (prepends(text, startsInput))
            out += metaspace.mark;
          for (char c : text) {
            if (c == ' ')
              out += metaspace.mark;
            else
              out += c;
          }
        },
        [this](AlignedWriter &writer, std::string_view text, bool startsInput) {
          if (prepends(text, startsInput))
            writer.replace({0, 0}, metaspace.mark);
          for (size_t at = 0; at < text.size(); ++at) {
            if (text[at] == ' ')
              writer.replace({at, at + 1}, metaspace.mark);
            else
              writer.copy({at, at + 1});
          }
        });
    if (metaspace.split)
      pieces.cut([this](std::string_view text, std::vector<Span> &ranges) {
        split(text, *mark, SplitBehavior::MergedWithNext, false, ranges);
      });
  }

  bool dependsOnBeginning() const override {
    return metaspace.prepend == Metaspace::Prepend::First;
  }

private:
  bool prepends(std::string_view text, bool startsInput) const {
    return (metaspace.prepend == Metaspace::Prepend::Always ||
            (metaspace.prepend == Metaspace::Prepend::First && startsInput)) &&
           !text.starts_with(' ') && !text.starts_with(metaspace.mark);
  }
  Metaspace metaspace;
  std::unique_ptr<Pattern> mark;
};

std::span<const Maker<PreTokenizer>> makers() {
  static constexpr Maker<PreTokenizer> all[] = {
      {"Sequence", SequencePreTokenizer::make},
      {"ByteLevel", ByteLevel::make},
      {"Split", SplitPreTokenizer::make},
      {"Metaspace", MetaspacePreTokenizer::make},
      {"Digits", SplitPreTokenizer::makeDigits},
      {"Punctuation", SplitPreTokenizer::makePunctuation},
      {"Whitespace", Whitespace::make},
      {"WhitespaceSplit", SplitPreTokenizer::makeWhitespaceSplit},
      {"CharDelimiterSplit", SplitPreTokenizer::makeDelimiter},
      {"BertPreTokenizer", BertPreTokenizer::make},
      {"FixedLength", FixedLength::make},
  };
  return all;
}

} // namespace

Result<std::unique_ptr<PreTokenizer>> makePreTokenizer(JsonValue value, std::string path) {
  return makeComponent(makers(), value, std::move(path));
}

} // namespace weft::text
