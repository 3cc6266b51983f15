// From files of text to a tokenizer.json.
#pragma once

#include "runtime/text/train/Corpus.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft::text {

enum class ModelKind { Bpe, ByteBpe, WordPiece, Unigram };

struct TrainingOptions {
  ModelKind model = ModelKind::ByteBpe;
  /// Tokens of the result at most, special ones among them.
  size_t vocabulary = 0;
  /// Of pairs that are merged; unigram does not use it.
  uint64_t minFrequency = 2;
  /// Characters at most.
  size_t alphabet = ~size_t(0);
  /// Get the first ids, in this order.
  std::vector<std::string> specials;
  /// The token for characters that have none. Empty: bpe leaves them out, wordpiece takes
  /// "[UNK]", unigram "<unk>"; byte-bpe never needs one.
  std::string unknown;
  /// bpe: what marks the end of a word. Empty: spaces become a character, ▁, instead.
  std::string wordEnd;
  bool lowercase = false;
  /// "NFC", "NFD", "NFKC", "NFKD" or empty.
  std::string normalForm;
  unsigned threads = 1;
};

/// A merge as people read it.
struct LearnedMerge {
  std::string left, right;
  uint64_t count;
};
/// A word and the tokens that training left it in.
struct CutWord {
  std::vector<std::string> tokens;
  uint64_t count;
};

struct TrainedTokenizer {
  /// A tokenizer.json that Weft and Hugging Face tokenizers load.
  std::string json;
  size_t vocabulary;
  uint64_t corpusBytes, distinctWords;
  /// Of the models that learn merges, in order.
  std::vector<LearnedMerge> merges;
  /// The most frequent words, the first ones of equally frequent; of models that learn merges.
  std::vector<CutWord> words;
};

/// Trains a tokenizer. The result does not depend on `threads`. Errors: files that cannot be
/// read, a vocabulary too small for the alphabet, options that do not go together.
Result<TrainedTokenizer> trainTokenizer(const std::vector<std::string> &files,
                                        const TrainingOptions &options,
                                        const TrainingProgress &progress);

} // namespace weft::text
