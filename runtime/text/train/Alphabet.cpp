#include "runtime/text/train/Alphabet.h"

#include "runtime/base/Utf8.h"

#include <algorithm>
#include <map>

namespace weft::text {

std::vector<std::pair<char32_t, uint64_t>> alphabetOf(const Corpus &corpus, size_t most) {
  constexpr char32_t low = 0x250; // Latin, in a table
  std::vector<uint64_t> lowCounts(low);
  std::map<char32_t, uint64_t> counts;
  for (const WordCount &word : corpus.words)
    for (size_t at = 0; at < word.text.size();) {
      const Utf8Char c = charAt(word.text, at);
      (c.code < low ? lowCounts[c.code] : counts[c.code]) += word.count;
      at += c.length;
    }
  std::vector<std::pair<char32_t, uint64_t>> alphabet;
  for (char32_t code = 0; code < low; ++code)
    if (lowCounts[code])
      alphabet.emplace_back(code, lowCounts[code]);
  alphabet.insert(alphabet.end(), counts.begin(), counts.end());
  if (alphabet.size() > most) {
    std::ranges::sort(alphabet, [](const auto &a, const auto &b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    alphabet.resize(most);
    std::ranges::sort(alphabet);
  }
  return alphabet;
}

} // namespace weft::text
