// The characters that a vocabulary begins with.
#pragma once

#include "runtime/text/train/Corpus.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weft::text {

/// The characters of the corpus in the order of their code points, each with how often it
/// occurs. Where there are more than `most`, only the most frequent ones; of equally frequent
/// ones the lower code points.
std::vector<std::pair<char32_t, uint64_t>> alphabetOf(const Corpus &corpus, size_t most);

} // namespace weft::text
