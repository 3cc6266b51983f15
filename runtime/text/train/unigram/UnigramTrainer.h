// Learns the pieces of a unigram language model (Kudo 2018, section 3.2).
#pragma once

#include "runtime/text/train/Corpus.h"

#include <string>
#include <vector>

namespace weft::text {

struct UnigramOptions {
  /// Of the result, every character of the alphabet among them.
  size_t pieces = 0;
  /// Characters at most; texts are cut at others.
  size_t alphabet = ~size_t(0);
  /// Substrings to begin with, at most.
  size_t seeds = 1'000'000;
  /// Characters of a piece.
  size_t longest = 16;
  /// Share of the pieces that a pruning leaves.
  double kept = 0.75;
  /// Of expectation and maximization between prunings.
  unsigned rounds = 2;
  unsigned threads = 1;
};

struct ScoredPiece {
  std::string text;
  /// Logarithm of its probability.
  double score;
};

/// The pieces, best first. Expected counts are summed as whole numbers of 2^-20, so the result
/// does not depend on the number of threads. Memory is about 12 bytes for each place where a
/// seed occurs in the distinct words. Errors: a vocabulary that is too small for the alphabet.
Result<std::vector<ScoredPiece>> trainUnigram(const Corpus &corpus, const UnigramOptions &options,
                                              const TrainingProgress &progress);

} // namespace weft::text
