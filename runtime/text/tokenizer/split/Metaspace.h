// The mark that stands for a space in SentencePiece vocabularies, usually U+2581.
#pragma once

#include "runtime/text/tokenizer/Json.h"

#include <string>

namespace weft::text {

/// What a Metaspace pre-tokenizer and a Metaspace decoder are told.
struct Metaspace {
  enum class Prepend { always, first, never };

  std::string mark;
  Prepend prepend = Prepend::always;
  bool split = true;

  static Result<Metaspace> read(const Fields &fields);
};

} // namespace weft::text
