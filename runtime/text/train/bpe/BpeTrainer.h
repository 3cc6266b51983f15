// Learns the merges of byte pair encoding (Sennrich et al. 2016, algorithm 1).
#pragma once

#include "runtime/text/train/Corpus.h"
#include "runtime/text/train/bpe/PairTable.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace weft::text {

/// Options of BPE training.
struct BpeOptions {
  /// The most tokens, including special tokens and the alphabet.
  size_t vocabulary = 0;
  /// Pairs that occur less often are not merged.
  uint64_t minFrequency = 2;
  /// The most characters of the alphabet.
  size_t alphabet = ~size_t(0);
  /// Special tokens, which get the first ids.
  std::vector<std::string> specials;
  /// Characters that are in the vocabulary even if they do not occur.
  std::vector<std::string> always;
  /// Prefix of tokens inside a word ("##"), or empty.
  std::string continuing;
  /// The token after the last character of a word, or empty.
  std::string wordEnd;
};

/// A merge of `left` and `right` to `token`; they were neighbours `count` times then.
struct MergeStep {
  uint32_t left, right, token;
  uint64_t count;
};

/// Trains BPE merges. Pairs of neighbours are counted once; a merge then visits only the words that
/// contain its pair, and corrects the counts around it. Among the most frequent pairs, the one that
/// occurs first in the corpus, as split at that moment, is merged (words in the order of their
/// first occurrence, each from left to right). The published algorithm does the same, as it takes
/// the first of equal counts. Time is roughly linear in the symbols of the distinct words, times
/// the logarithm of the number of pairs. Not thread-safe.
class BpeTrainer {
public:
  /// Prepares the training. Errors: special tokens and alphabet alone exceed the vocabulary.
  static Result<BpeTrainer> make(const Corpus &corpus, BpeOptions options);

  /// Learns all merges.
  void run(const TrainingProgress &progress);

  /// Returns the tokens, indexed by id.
  const std::vector<std::string> &tokens() const { return names; }
  const std::vector<MergeStep> &merges() const { return steps; }
  /// Returns the current tokens of word number `word` of the corpus.
  std::vector<uint32_t> tokensOf(size_t word) const;

private:
  /// Where a pair occurs: the word, and the number of characters before it.
  struct Place {
    uint32_t word, offset;
    auto operator<=>(const Place &) const = default;
  };
  struct Pair {
    Pair(uint32_t left, uint32_t right) : left(left), right(right) {}
    uint32_t left, right;
    uint64_t count = 0;
    /// Words that may contain the pair; ascending from `cursor` on if `sorted`.
    std::vector<uint32_t> words;
    /// Words before this index no longer contain the pair.
    uint32_t cursor = 0;
    bool sorted = true;
    /// The last merge that added occurrences.
    uint32_t touched = 0;
  };
  /// A pair with an earlier count and first place of it, which are at least as good as the current
  /// ones.
  struct Candidate {
    uint64_t count;
    Place place;
    uint32_t pair;
    bool operator<(const Candidate &other) const {
      return count != other.count ? count < other.count : place > other.place;
    }
  };
  struct Word {
    size_t begin;
    uint32_t length;
    uint64_t count;
  };
  /// Stands for a character outside the alphabet; never merged.
  static constexpr uint32_t excluded = ~uint32_t(0);

  Result<void> addAlphabet(const Corpus &corpus);
  void addWords(const Corpus &corpus);
  uint32_t addToken(const std::string &name, uint32_t span);
  uint32_t find(const std::string &name) const;
  uint32_t spanOf(uint32_t token) const { return token == excluded ? 1 : spans[token]; }

  void countPairs();
  void add(uint32_t left, uint32_t right, uint64_t count, Place place);
  void remove(uint32_t left, uint32_t right, uint64_t count);
  void consider(uint32_t pair, Place place);
  Place firstPlace(Pair &pair);
  /// Finds the pair to merge next. Returns false if there is none.
  bool next(uint32_t &pair);
  void merge(uint32_t pair);
  void mergeInWord(uint32_t word, uint32_t left, uint32_t right, uint32_t token);

  BpeOptions options;
  std::vector<std::string> names;
  /// Length of each token in characters.
  std::vector<uint32_t> spans;
  std::unordered_map<std::string, uint32_t> ids;
  std::vector<MergeStep> steps;

  /// The tokens of all words.
  std::vector<uint32_t> symbols;
  std::vector<Word> words;
  PairTable table;
  std::vector<Pair> pairs;
  /// Candidates as a heap, the best on top.
  std::vector<Candidate> queue;
  struct Touched {
    uint32_t pair;
    Place place;
  };
  /// Pairs to which the current merge added occurrences.
  std::vector<Touched> touched;
};

} // namespace weft::text
