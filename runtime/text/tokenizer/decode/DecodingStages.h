// The stages of decoders.
#pragma once

#include "runtime/text/tokenizer/decode/TextDecoder.h"
#include "runtime/text/tokenizer/split/Metaspace.h"
#include "runtime/text/tokenizer/split/Pattern.h"

namespace weft::text {

/// Base of the stages: passes everything on unchanged.
class PassingStage : public DecodingStage {
public:
  explicit PassingStage(std::unique_ptr<DecodingStage> next) : next(std::move(next)) {}
  void text(std::string_view piece) override { next->text(piece); }
  void endToken() override { next->endToken(); }
  void finish() override { next->finish(); }

protected:
  /// Copies without `next`, which copyOf() sets.
  PassingStage(const PassingStage &) {}
  /// Implements copy() for a stage of type `Stage`.
  template <typename Stage>
  static std::unique_ptr<DecodingStage> copyOf(const Stage &stage, std::string &out) {
    auto copied = std::make_unique<Stage>(stage);
    copied->next = stage.next->copy(out);
    return copied;
  }

  std::unique_ptr<DecodingStage> next;
};

/// Collects the text of each token and passes it to token() as a whole.
class TokenStage : public PassingStage {
public:
  using PassingStage::PassingStage;
  void text(std::string_view piece) override { held += piece; }
  void endToken() override {
    std::string whole;
    whole.swap(held);
    token(std::move(whole));
  }

protected:
  virtual void token(std::string whole) = 0;

private:
  std::string held;
};

/// Joins all tokens into one.
class FuseStage : public PassingStage {
public:
  using PassingStage::PassingStage;
  void endToken() override {}
  void finish() override;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }
};

/// Puts a space between tokens, as Hugging Face does if a file has no decoder.
class SpaceStage : public TokenStage {
public:
  using TokenStage::TokenStage;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  bool first = true;
};

/// Turns byte characters into bytes, and joins all tokens into one.
class ByteLevelStage : public TokenStage {
public:
  ByteLevelStage(std::unique_ptr<DecodingStage> next, InvalidBytes invalid)
      : TokenStage(std::move(next)), invalid(invalid) {}
  void finish() override;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  void emitValid();
  InvalidBytes invalid;
  /// Withheld bytes; between calls at most the beginning of one character.
  std::string bytes;
};

/// Turns runs of tokens such as <0xE2> into the characters that they encode. A run is withheld
/// until it ends, because one invalid byte turns all its bytes into U+FFFD.
class ByteFallbackStage : public TokenStage {
public:
  ByteFallbackStage(std::unique_ptr<DecodingStage> next, InvalidBytes invalid)
      : TokenStage(std::move(next)), invalid(invalid) {}
  void finish() override;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  void flush();
  InvalidBytes invalid;
  std::string run;
};

/// Removes up to `start` copies of a character from the beginning of each token, and up to `stop`
/// from its end.
class StripStage : public PassingStage {
public:
  StripStage(std::unique_ptr<DecodingStage> next, std::string_view character, uint64_t start,
             uint64_t stop)
      : PassingStage(std::move(next)), character(character), start(start), stop(stop),
        startLeft(start) {}
  void text(std::string_view piece) override;
  void endToken() override;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

private:
  std::string_view character;
  uint64_t start, stop;
  /// How many more may be removed at the beginning of this token.
  uint64_t startLeft;
  /// How many are withheld, as they may be at the token's end.
  uint64_t trailing = 0;
};

/// Replaces a literal; withholds only what may be its beginning.
class ReplaceLiteralStage : public PassingStage {
public:
  ReplaceLiteralStage(std::unique_ptr<DecodingStage> next, const Pattern &pattern,
                      std::string_view content)
      : PassingStage(std::move(next)), pattern(pattern), content(content) {}
  void text(std::string_view piece) override;
  void endToken() override;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

private:
  const Pattern &pattern;
  std::string_view content;
  std::string held;
};

/// Replaces the matches of a pattern, token by token.
class ReplaceStage : public TokenStage {
public:
  ReplaceStage(std::unique_ptr<DecodingStage> next, const Pattern &pattern,
               std::string_view content)
      : TokenStage(std::move(next)), pattern(pattern), content(content) {}
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  const Pattern &pattern;
  std::string_view content;
};

/// Turns the mark into a space; the mark at the beginning of the first token is dropped if one was
/// prepended.
class MetaspaceStage : public TokenStage {
public:
  MetaspaceStage(std::unique_ptr<DecodingStage> next, const Metaspace &metaspace,
                 const Pattern &mark)
      : TokenStage(std::move(next)), mark(mark),
        dropMark(metaspace.prepend != Metaspace::Prepend::Never) {}
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  const Pattern &mark;
  bool dropMark;
};

/// Joins tokens that continue a word, which begin with a prefix, and puts a space before the
/// others; with `cleanup`, takes the space before punctuation and English contractions away.
class WordPieceStage : public TokenStage {
public:
  WordPieceStage(std::unique_ptr<DecodingStage> next, std::string_view prefix, bool cleanup)
      : TokenStage(std::move(next)), prefix(prefix), cleanup(cleanup) {}
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  std::string_view prefix;
  bool cleanup;
  bool first = true;
};

/// Turns the suffix at the end of a word into a space, except in the last token.
class WordEndStage : public TokenStage {
public:
  WordEndStage(std::unique_ptr<DecodingStage> next, const Pattern &suffix)
      : TokenStage(std::move(next)), suffix(suffix) {}
  void finish() override;
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  void emit(std::string_view space);
  const Pattern &suffix;
  /// The last token, withheld until another one follows.
  std::string last;
  bool holds = false;
};

/// Decodes connectionist temporal classification (CTC): repeated tokens count once, padding tokens
/// are dropped, the delimiter becomes a space.
class CtcStage : public TokenStage {
public:
  CtcStage(std::unique_ptr<DecodingStage> next, const Pattern &padding, const Pattern &delimiter,
           bool cleanup)
      : TokenStage(std::move(next)), padding(padding), delimiter(delimiter), cleanup(cleanup) {}
  std::unique_ptr<DecodingStage> copy(std::string &out) const override {
    return copyOf(*this, out);
  }

protected:
  void token(std::string whole) override;

private:
  const Pattern &padding;
  const Pattern &delimiter;
  bool cleanup;
  std::string last;
  bool hasLast = false;
};

} // namespace weft::text
