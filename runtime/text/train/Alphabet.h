// The initial alphabet of a vocabulary.
#pragma once

#include "runtime/text/train/Corpus.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weft::text {

/// Returns the characters of the corpus and their counts, ordered by code point. If there are more
/// than `most`, only the most frequent; of equally frequent ones the lower code points.
std::vector<std::pair<char32_t, uint64_t>> alphabetOf(const Corpus &corpus, size_t most);

} // namespace weft::text
