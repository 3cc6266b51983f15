// BERT's normalizer, and two others that drop characters.
#pragma once

#include "runtime/text/tokenizer/normalize/Normalizer.h"

namespace weft::text {

/// Drops control characters and turns white space into spaces, puts spaces around ideographs, drops
/// accents, and lower-cases; each only if its option is set.
class BertNormalizer : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;

private:
  bool cleanText = true, spaceIdeographs = true, stripAccents = true, lower = true;
};

/// Drops combining marks. The text should be decomposed before (NFD).
class StripAccents : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;
};

/// SentencePiece's old normalization without tables: drops control characters, and turns white
/// space and invisible characters into spaces.
class Nmt : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;
};

} // namespace weft::text
