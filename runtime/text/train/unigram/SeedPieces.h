// The initial pieces of unigram training, most of which are pruned later.
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

/// A substring of texts and how often it occurs in all of them.
struct SeedPiece {
  std::string text;
  uint64_t count;
};

/// Returns at most `most` substrings of 2 to `longest` characters with the largest count times
/// length. Only substrings are taken that are followed by at least two different characters (or the
/// end of a text): pieces learnt from others fit new texts less well. Found by a suffix array (Kudo
/// 2018, section 3.2; SentencePiece does the same). Errors: the texts have 2 GiB or more together.
Result<std::vector<SeedPiece>> seedPieces(const std::vector<CountedText> &texts, size_t longest,
                                          size_t most);

} // namespace weft::text
