// What BERT does to a text first.
#pragma once

#include "runtime/text/tokenizer/normalize/Normalizer.h"

namespace weft::text {

/// Drops control characters, makes every white space a space, puts spaces around ideographs,
/// drops accents and lowers the case, each if asked to.
class BertNormalizer : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;

private:
  bool cleanText = true, spaceIdeographs = true, stripAccents = true, lower = true;
};

/// Drops combining marks. The text should have been decomposed before.
class StripAccents : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;
};

/// SentencePiece's rules of before it had tables: control characters go, white space and
/// invisible characters become a space.
class Nmt : public Normalizer {
public:
  using Normalizer::normalize;
  static Result<std::unique_ptr<Normalizer>> make(const Fields &fields, unsigned depth);
  void normalize(std::string &text) const override;
};

} // namespace weft::text
