#include "runtime/text/tokenizer/model/WordCache.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <new>

namespace weft::text {

WordCache &WordCache::ofThread() {
  static thread_local WordCache memory;
  return memory;
}

uint32_t WordCache::newOwner() {
  static std::atomic<uint32_t> owners = 0;
  return ++owners;
}

namespace {

template <typename Number> uint64_t numberAt(const char *bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

uint64_t mixed(uint64_t hash, uint64_t part) {
  hash = (hash ^ part) * 0x9E3779B97F4A7C15u;
  return hash ^ hash >> 32;
}

/// Reads numbers that overlap rather than single bytes. `word` has 1 to 26 of them.
uint64_t hashOf(uint32_t owner, std::string_view word) {
  const char *bytes = word.data();
  const size_t size = word.size();
  uint64_t hash = mixed(owner, size);
  if (size < 4)
    return mixed(hash, uint64_t(uint8_t(bytes[0])) << 16 | uint64_t(uint8_t(bytes[size / 2])) << 8 |
                           uint8_t(bytes[size - 1]));
  if (size < 8)
    return mixed(hash, numberAt<uint32_t>(bytes) << 32 | numberAt<uint32_t>(bytes + size - 4));
  for (size_t at = 0; at + 8 < size; at += 8)
    hash = mixed(hash, numberAt<uint64_t>(bytes + at));
  return mixed(hash, numberAt<uint64_t>(bytes + size - 8));
}

} // namespace

/// Zeros, which are entries that nobody has: the system gives them page by page, where filling a
/// table would cost a short prompt more than it gains.
void WordCache::takeMemory() {
  size_t bytes = ((size_t(1) << bits) + 1) * sizeof(Entry);
  memory.reset(std::calloc(1, bytes));
  if (!memory)
    throw std::bad_alloc();
  void *place = memory.get();
  entries = static_cast<Entry *>(std::align(alignof(Entry), bytes - sizeof(Entry), place, bytes));
}

std::span<const TokenId> WordCache::find(uint32_t owner, std::string_view word) {
  place = nullptr;
  if (word.empty() || word.size() > Entry::mostBytes)
    return {};
  if (!entries)
    takeMemory();
  Entry &entry = entries[hashOf(owner, word) >> (64 - bits)];
  if (entry.owner == owner && entry.length == word.size() &&
      std::memcmp(entry.text.data(), word.data(), word.size()) == 0)
    return std::span(entry.tokens).first(entry.count);
  place = &entry;
  wantedOwner = owner;
  wanted = word;
  return {};
}

void WordCache::keep(std::span<const TokenId> tokens) {
  if (!place || tokens.empty() || tokens.size() > Entry::mostTokens)
    return;
  place->owner = wantedOwner;
  place->length = static_cast<uint8_t>(wanted.size());
  place->count = static_cast<uint8_t>(tokens.size());
  std::copy(wanted.begin(), wanted.end(), place->text.begin());
  std::copy(tokens.begin(), tokens.end(), place->tokens.begin());
}

} // namespace weft::text
