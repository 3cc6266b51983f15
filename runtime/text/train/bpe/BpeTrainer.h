// Learns the merges of byte pair encoding (Sennrich et al. 2016, algorithm 1).
#pragma once

#include "runtime/text/train/Corpus.h"
#include "runtime/text/train/bpe/PairTable.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace weft::text {

struct BpeOptions {
  /// Tokens at most, special ones and the alphabet among them.
  size_t vocabulary = 0;
  /// A pair that is less frequent is not merged.
  uint64_t minFrequency = 2;
  /// Characters at most.
  size_t alphabet = ~size_t(0);
  /// Get the first ids.
  std::vector<std::string> specials;
  /// Characters of the vocabulary whether seen or not.
  std::vector<std::string> always;
  /// What a token inside a word begins with ("##"), or empty.
  std::string continuing;
  /// The token after the last character of a word, or empty.
  std::string wordEnd;
};

/// `left` and `right` became `token` while they were neighbours `count` times.
struct MergeStep {
  uint32_t left, right, token;
  uint64_t count;
};

/// Pairs of neighbours are counted once; a merge then visits only the words that contain its
/// pair, and corrects the counts around it. Of the most frequent pairs the one is merged that
/// occurs first in the corpus as it is cut at that moment: the words in the order in which
/// they first appear, each from left to right. This is the order of the algorithm as
/// published, which takes the first of equal counts. Time is about linear in the symbols of
/// the distinct words, times the logarithm of the pairs. Not thread-safe.
class BpeTrainer {
public:
  /// Errors: the special tokens and the alphabet alone are more than the vocabulary.
  static Result<BpeTrainer> make(const Corpus &corpus, BpeOptions options);

  void run(const TrainingProgress &progress);

  /// By id.
  const std::vector<std::string> &tokens() const { return names; }
  const std::vector<MergeStep> &merges() const { return steps; }
  /// The tokens that a word of the corpus is cut into now.
  std::vector<uint32_t> tokensOf(size_t word) const;

private:
  /// Where a pair occurs: word, then characters before it.
  struct Place {
    uint32_t word, offset;
    auto operator<=>(const Place &) const = default;
  };
  struct Pair {
    Pair(uint32_t left, uint32_t right) : left(left), right(right) {}
    uint32_t left, right;
    uint64_t count = 0;
    /// That may contain it; ascending from `cursor` if `sorted`.
    std::vector<uint32_t> words;
    /// Words before it do not contain the pair any more.
    uint32_t cursor = 0;
    bool sorted = true;
    /// The last merge that added to it.
    uint32_t touched = 0;
  };
  /// A pair with a count and a place that it had; neither is worse than what it has now.
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
  /// In place of a character that is left out of the alphabet; nothing merges with it.
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
  /// The pair to merge next; false where none is left.
  bool next(uint32_t &pair);
  void merge(uint32_t pair);
  void mergeInWord(uint32_t word, uint32_t left, uint32_t right, uint32_t token);

  BpeOptions options;
  std::vector<std::string> names;
  /// Characters of each token.
  std::vector<uint32_t> spans;
  std::unordered_map<std::string, uint32_t> ids;
  std::vector<MergeStep> steps;

  /// Of all words, one after the other.
  std::vector<uint32_t> symbols;
  std::vector<Word> words;
  PairTable table;
  std::vector<Pair> pairs;
  /// A heap.
  std::vector<Candidate> queue;
  struct Touched {
    uint32_t pair;
    Place place;
  };
  /// Pairs that the current merge added to.
  std::vector<Touched> touched;
};

} // namespace weft::text
