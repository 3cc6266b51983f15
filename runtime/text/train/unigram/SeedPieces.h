// The pieces that a unigram model begins with, before most of them are pruned.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// A text of the corpus and how often it occurs.
struct CountedText {
  std::string_view text;
  uint64_t count;
};

/// A substring of such texts and how often it occurs in them all.
struct SeedPiece {
  std::string text;
  uint64_t count;
};

/// The substrings of two characters or more, at most `longest`, that go on in at least two
/// ways, the end of a text being one of them, by count times length; at most `most`. So what
/// ends every text that it is in, or only lies in one, is none: learnt from those, pieces fit
/// other texts less well. Found by a suffix array (Kudo 2018, section 3.2; SentencePiece takes
/// the same). Errors: texts of 2 GiB and more together.
Result<std::vector<SeedPiece>> seedPieces(const std::vector<CountedText> &texts, size_t longest,
                                          size_t most);

} // namespace weft::text
