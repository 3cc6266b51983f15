// Counts distinct words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// A flat hash table of words. Not thread-safe.
class WordTable {
public:
  struct Word {
    uint64_t count;
    /// The first place where it occurs, as numbered by the caller.
    uint64_t first;
    /// Offset of its bytes.
    uint64_t begin;
    uint32_t length;
    uint32_t hash;
  };

  /// Adds `count` occurrences of `word` at `place`; the earliest place is kept.
  void add(std::string_view word, uint64_t count, uint64_t place);
  /// Adds all words of `other`.
  void add(const WordTable &other);

  const std::vector<Word> &all() const { return words; }
  std::string_view textOf(const Word &word) const {
    return std::string_view(texts).substr(word.begin, word.length);
  }

private:
  void addHashed(std::string_view word, uint32_t hash, uint64_t count, uint64_t place);
  void grow();

  /// The bytes of all words.
  std::string texts;
  std::vector<Word> words;
  /// A hash table of indices into `words` plus one; its size is a power of two.
  std::vector<uint32_t> slots;
};

} // namespace weft::text
