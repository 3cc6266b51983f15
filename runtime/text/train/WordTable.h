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
    uint64_t first; ///< the place where it was seen first, as the caller numbers places
    uint64_t begin; ///< of its bytes
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

  std::string texts; ///< all words, one after the other
  std::vector<Word> words;
  std::vector<uint32_t> slots; ///< index into `words` plus one; a power of two of them
};

} // namespace weft::text
