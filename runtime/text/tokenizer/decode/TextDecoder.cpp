#include "runtime/text/tokenizer/decode/TextDecoder.h"

#include "runtime/text/tokenizer/decode/DecodingStages.h"

namespace weft::text {

namespace {

using Made = Result<std::unique_ptr<TextDecoder>>;
using Stage = std::unique_ptr<DecodingStage>;
std::span<const Maker<TextDecoder>> makers();

Result<std::unique_ptr<Pattern>> readLiteral(const Fields &fields, std::string_view key) {
  auto text = fields.string(key);
  if (!text)
    return failFrom(text);
  if (text->empty())
    return fail(fields.path(key) + ": expected a text to look for, found none");
  return makeLiteral(*text);
}

class SequenceDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned depth) {
    auto parts = makeComponents(makers(), fields, "decoders", depth);
    if (!parts)
      return failFrom(parts);
    auto sequence = std::make_unique<SequenceDecoder>();
    sequence->parts = std::move(*parts);
    return sequence;
  }
  Stage open(Stage next, InvalidBytes invalid) const override {
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
      next = (*part)->open(std::move(next), invalid);
    return next;
  }

private:
  std::vector<std::unique_ptr<TextDecoder>> parts;
};

/// A decoder without options of its own.
template <typename OwnStage, bool takesInvalid> class PlainDecoder : public TextDecoder {
public:
  static Made make(const Fields &, unsigned) { return std::make_unique<PlainDecoder>(); }
  Stage open(Stage next, InvalidBytes invalid) const override {
    if constexpr (takesInvalid)
      return std::make_unique<OwnStage>(std::move(next), invalid);
    else
      return std::make_unique<OwnStage>(std::move(next));
  }
};

class StripDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned) {
    auto character = fields.character("content");
    if (!character)
      return failFrom(character);
    auto start = fields.count("start", 0);
    if (!start)
      return failFrom(start);
    auto stop = fields.count("stop", 0);
    if (!stop)
      return failFrom(stop);
    auto made = std::make_unique<StripDecoder>();
    made->character = *character;
    made->start = *start;
    made->stop = *stop;
    return made;
  }
  Stage open(Stage next, InvalidBytes) const override {
    return std::make_unique<StripStage>(std::move(next), character, start, stop);
  }

private:
  std::string character;
  uint64_t start = 0, stop = 0;
};

class ReplaceDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned) {
    auto pattern = makePattern(fields);
    if (!pattern)
      return failFrom(pattern);
    auto content = fields.string("content");
    if (!content)
      return failFrom(content);
    auto made = std::make_unique<ReplaceDecoder>();
    made->pattern = std::move(*pattern);
    made->content = *content;
    return made;
  }
  Stage open(Stage next, InvalidBytes) const override {
    if (pattern->literal().empty())
      return std::make_unique<ReplaceStage>(std::move(next), *pattern, content);
    return std::make_unique<ReplaceLiteralStage>(std::move(next), *pattern, content);
  }

private:
  std::unique_ptr<Pattern> pattern;
  std::string content;
};

class MetaspaceDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned) {
    auto metaspace = Metaspace::read(fields);
    if (!metaspace)
      return failFrom(metaspace);
    auto made = std::make_unique<MetaspaceDecoder>();
    made->metaspace = std::move(*metaspace);
    made->mark = makeLiteral(made->metaspace.mark);
    return made;
  }
  Stage open(Stage next, InvalidBytes) const override {
    return std::make_unique<MetaspaceStage>(std::move(next), metaspace, *mark);
  }

private:
  Metaspace metaspace;
  std::unique_ptr<Pattern> mark;
};

class WordPieceDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned) {
    auto prefix = fields.string("prefix");
    if (!prefix)
      return failFrom(prefix);
    auto cleanup = fields.boolean("cleanup", true);
    if (!cleanup)
      return failFrom(cleanup);
    auto made = std::make_unique<WordPieceDecoder>();
    made->prefix = *prefix;
    made->cleanup = *cleanup;
    return made;
  }
  Stage open(Stage next, InvalidBytes) const override {
    return std::make_unique<WordPieceStage>(std::move(next), prefix, cleanup);
  }

private:
  std::string prefix;
  bool cleanup = true;
};

class WordEndDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned) {
    auto suffix = readLiteral(fields, "suffix");
    if (!suffix)
      return failFrom(suffix);
    auto made = std::make_unique<WordEndDecoder>();
    made->suffix = std::move(*suffix);
    return made;
  }
  Stage open(Stage next, InvalidBytes) const override {
    return std::make_unique<WordEndStage>(std::move(next), *suffix);
  }

private:
  std::unique_ptr<Pattern> suffix;
};

class CtcDecoder : public TextDecoder {
public:
  static Made make(const Fields &fields, unsigned) {
    auto padding = readLiteral(fields, "pad_token");
    if (!padding)
      return failFrom(padding);
    auto delimiter = readLiteral(fields, "word_delimiter_token");
    if (!delimiter)
      return failFrom(delimiter);
    auto cleanup = fields.boolean("cleanup", true);
    if (!cleanup)
      return failFrom(cleanup);
    auto made = std::make_unique<CtcDecoder>();
    made->padding = std::move(*padding);
    made->delimiter = std::move(*delimiter);
    made->cleanup = *cleanup;
    return made;
  }
  Stage open(Stage next, InvalidBytes) const override {
    return std::make_unique<CtcStage>(std::move(next), *padding, *delimiter, cleanup);
  }

private:
  std::unique_ptr<Pattern> padding, delimiter;
  bool cleanup = true;
};

std::span<const Maker<TextDecoder>> makers() {
  static constexpr Maker<TextDecoder> all[] = {
      {"Sequence", SequenceDecoder::make},
      {"ByteLevel", PlainDecoder<ByteLevelStage, true>::make},
      {"ByteFallback", PlainDecoder<ByteFallbackStage, true>::make},
      {"Fuse", PlainDecoder<FuseStage, false>::make},
      {"Strip", StripDecoder::make},
      {"Replace", ReplaceDecoder::make},
      {"Metaspace", MetaspaceDecoder::make},
      {"WordPiece", WordPieceDecoder::make},
      {"BPEDecoder", WordEndDecoder::make},
      {"CTC", CtcDecoder::make},
  };
  return all;
}

} // namespace

Result<std::unique_ptr<TextDecoder>> makeDecoder(JsonValue value, std::string path) {
  return makeComponent(makers(), value, std::move(path));
}

std::unique_ptr<TextDecoder> makeSpaceDecoder() {
  return std::make_unique<PlainDecoder<SpaceStage, false>>();
}

} // namespace weft::text
