// The mark that stands for a space in SentencePiece vocabularies, usually U+2581.
#pragma once

#include "runtime/text/tokenizer/Json.h"

#include <string>

namespace weft::text {

/// The options of a Metaspace pre-tokenizer or decoder.
struct Metaspace {
  enum class Prepend { Always, First, Never };

  std::string mark;
  Prepend prepend = Prepend::Always;
  bool split = true;

  static Result<Metaspace> read(const Fields &fields);
};

} // namespace weft::text
