// Trains a tokenizer.json on text files.
#pragma once

#include "runtime/text/train/Corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft::text {

enum class ModelKind { Bpe, ByteBpe, WordPiece, Unigram };

/// Options of training.
struct TrainingOptions {
  ModelKind model = ModelKind::ByteBpe;
  /// The most tokens of the result, including special tokens.
  size_t vocabulary = 0;
  /// The least count of a pair to be merged; not used by unigram.
  uint64_t minFrequency = 2;
  /// The most characters of the alphabet.
  size_t alphabet = ~size_t(0);
  /// Special tokens, which get the first ids in this order.
  std::vector<std::string> specials;
  /// The token for unknown characters. If empty: bpe drops them, wordpiece uses "[UNK]", unigram
  /// "<unk>". byte-bpe never needs it.
  std::string unknown;
  /// Only bpe: the mark at the end of each word. If empty, spaces become the character ▁ instead.
  std::string wordEnd;
  bool lowercase = false;
  /// "NFC", "NFD", "NFKC", "NFKD" or empty.
  std::string normalForm;
  unsigned threads = 1;
};

/// A learnt merge, for reports.
struct LearnedMerge {
  std::string left, right;
  uint64_t count;
};
/// A word and its tokens after training, for reports.
struct CutWord {
  std::vector<std::string> tokens;
  uint64_t count;
};

/// The result of training.
struct TrainedTokenizer {
  /// A tokenizer.json that Weft and Hugging Face tokenizers load.
  std::string json;
  size_t vocabulary;
  uint64_t corpusBytes, distinctWords;
  /// The merges in order, for models that learn merges.
  std::vector<LearnedMerge> merges;
  /// The most frequent words, for models that learn merges; of equally frequent ones those that
  /// occur first.
  std::vector<CutWord> words;
};

/// Trains a tokenizer. The result does not depend on `threads`. Errors: a file cannot be read, the
/// vocabulary is too small for the alphabet, or options contradict each other.
Result<TrainedTokenizer> trainTokenizer(const std::vector<std::string> &files,
                                        const TrainingOptions &options,
                                        const TrainingProgress &progress);

} // namespace weft::text
