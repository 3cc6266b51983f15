// Learns the pieces of a unigram language model (Kudo 2018, section 3.2).
#pragma once

#include "runtime/text/train/Corpus.h"

#include <string>
#include <vector>

namespace weft::text {

struct UnigramOptions {
  size_t pieces = 0;            ///< of the result, every character of the alphabet among them
  size_t alphabet = ~size_t(0); ///< characters at most; texts are cut at others
  size_t seeds = 1'000'000;     ///< substrings to begin with, at most
  size_t longest = 16;          ///< characters of a piece
  double kept = 0.75;           ///< share of the pieces that a pruning leaves
  unsigned rounds = 2;          ///< of expectation and maximization between prunings
  unsigned threads = 1;
};

struct ScoredPiece {
  std::string text;
  double score; ///< logarithm of its probability
};

/// The pieces, best first. Expected counts are summed as whole numbers of 2^-20, so the result
/// does not depend on the number of threads. Memory is about 12 bytes for each place where a
/// seed occurs in the distinct words. Errors: a vocabulary that is too small for the alphabet.
Result<std::vector<ScoredPiece>> trainUnigram(const Corpus &corpus, const UnigramOptions &options,
                                              const TrainingProgress &progress);

} // namespace weft::text
