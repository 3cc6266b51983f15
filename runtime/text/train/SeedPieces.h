// The pieces that a unigram model begins with, before most of them are pruned.
#pragma once

#include "runtime/artifact/Error.h"

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

/// The substrings of two characters or more, at most `longest`, that occur more than once, by
/// count times length; at most `most` of them. Of substrings that occur only together, one
/// inside the other, only the longest. Found by a suffix array (Kudo 2018, section 3.2).
/// Errors: texts of 2 GiB and more together.
Result<std::vector<SeedPiece>> seedPieces(const std::vector<CountedText> &texts, size_t longest,
                                          size_t most);

} // namespace weft::text
