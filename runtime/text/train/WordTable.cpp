#include "runtime/text/train/WordTable.h"

#include <algorithm>
#include <functional>

namespace weft::text {

void WordTable::grow() {
  slots.assign(std::max<size_t>(1024, 2 * slots.size()), 0);
  for (size_t i = 0; i < words.size(); ++i) {
    size_t slot = words[i].hash & (slots.size() - 1);
    while (slots[slot])
      slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = static_cast<uint32_t>(i + 1);
  }
}

void WordTable::addHashed(std::string_view word, uint32_t hash, uint64_t count, uint64_t place) {
  if (2 * words.size() >= slots.size())
    grow();
  size_t slot = hash & (slots.size() - 1);
  for (; slots[slot]; slot = (slot + 1) & (slots.size() - 1)) {
    Word &known = words[slots[slot] - 1];
    if (known.hash == hash && textOf(known) == word) {
      known.count += count;
      known.first = std::min(known.first, place);
      return;
    }
  }
  words.push_back({count, place, texts.size(), static_cast<uint32_t>(word.size()), hash});
  texts += word;
  slots[slot] = static_cast<uint32_t>(words.size());
}

void WordTable::add(std::string_view word, uint64_t count, uint64_t place) {
  const uint64_t hash = std::hash<std::string_view>{}(word);
  addHashed(word, static_cast<uint32_t>(hash ^ hash >> 32), count, place);
}

void WordTable::add(const WordTable &other) {
  for (const Word &word : other.words)
    addHashed(other.textOf(word), word.hash, word.count, word.first);
}

} // namespace weft::text
