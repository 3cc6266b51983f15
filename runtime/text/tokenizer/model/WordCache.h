// A cache of tokenized words, as most words of a text occur again and again.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

namespace weft::text {

/// A direct-mapped, per-thread cache of word -> tokens (512 KiB, committed page by page). A
/// colliding word replaces the old one. Each model uses its own owner number, which is never
/// reused.
class WordCache {
public:
  /// Returns this thread's cache.
  static WordCache &ofThread();
  /// Returns a new owner number. Thread-safe.
  static uint32_t newOwner();

  /// Returns the tokens of `word` for `owner`, valid until the next call; empty if not cached.
  std::span<const TokenId> find(uint32_t owner, std::string_view word);
  /// Stores the tokens of the word of the last find(), which must have failed; the word must still
  /// be valid. Long words and words with many tokens are not stored.
  void keep(std::span<const TokenId> tokens);

private:
  struct alignas(64) Entry {
    static constexpr size_t mostBytes = 26, mostTokens = 8;
    uint32_t owner = 0; // 0: an empty entry
    uint8_t length = 0, count = 0;
    std::array<char, mostBytes> text{};
    std::array<TokenId, mostTokens> tokens{};
  };
  static_assert(sizeof(Entry) == 64);
  static constexpr unsigned bits = 13;

  void takeMemory();

  struct Free {
    void operator()(void *memory) const { std::free(memory); }
  };
  std::unique_ptr<void, Free> memory;
  Entry *entries = nullptr; // 1 << bits entries in `memory`
  // The word of the last failed find(); `place` is null if the word is too long.
  Entry *place = nullptr;
  uint32_t wantedOwner = 0;
  std::string_view wanted;
};

} // namespace weft::text
