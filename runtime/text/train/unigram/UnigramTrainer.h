// Trains a unigram language model (Kudo 2018, section 3.2).
#pragma once

#include "runtime/text/train/Corpus.h"

#include <string>
#include <vector>

namespace weft::text {

/// Options of unigram training.
struct UnigramOptions {
  /// Number of pieces of the result, including every character of the alphabet.
  size_t pieces = 0;
  /// The most characters of the alphabet; texts are split at others.
  size_t alphabet = ~size_t(0);
  /// The most initial pieces.
  size_t seeds = 1'000'000;
  /// The most characters of a piece.
  size_t longest = 16;
  /// Share of the pieces that each pruning keeps.
  double kept = 0.75;
  /// Rounds of expectation maximization between prunings.
  unsigned rounds = 2;
  unsigned threads = 1;
};

/// A piece and its score.
struct ScoredPiece {
  std::string text;
  /// Its log-probability.
  double score;
};

/// Trains a model and returns its pieces, best first. Expected counts are summed as integers in
/// units of 2^-20, so the result does not depend on the number of threads. Memory is about 12 bytes
/// for each occurrence of an initial piece in the distinct words. Errors: the vocabulary is too
/// small for the alphabet.
Result<std::vector<ScoredPiece>> trainUnigram(const Corpus &corpus, const UnigramOptions &options,
                                              const TrainingProgress &progress);

} // namespace weft::text
