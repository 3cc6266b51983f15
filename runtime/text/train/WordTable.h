// Distinct words and how often each was seen.
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
    /// The place where it was seen first, as the caller numbers places.
    uint64_t first;
    /// Of its bytes.
    uint64_t begin;
    uint32_t length;
    uint32_t hash;
  };

  /// Counts `count` more of `word`, seen at `place`; an earlier place replaces a later one.
  void add(std::string_view word, uint64_t count, uint64_t place);
  /// Counts all words of `other` as well.
  void add(const WordTable &other);

  const std::vector<Word> &all() const { return words; }
  std::string_view textOf(const Word &word) const {
    return std::string_view(texts).substr(word.begin, word.length);
  }

private:
  void addHashed(std::string_view word, uint32_t hash, uint64_t count, uint64_t place);
  void grow();

  /// All words, one after the other.
  std::string texts;
  std::vector<Word> words;
  /// Index into `words` plus one; a power of two of them.
  std::vector<uint32_t> slots;
};

} // namespace weft::text
