// Tokens of words that were met before: most words of a text are few words again and again.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

namespace weft::text {

/// A table where a word has one place and the last one to come has it: 512 KiB, of which
/// only the pages that are used are taken. One thread's own. Words belong to owners, numbers that
/// are never given twice.
class WordCache {
public:
  /// The memory of this thread.
  static WordCache &ofThread();
  /// A number for a new owner; any thread.
  static uint32_t newOwner();

  /// The tokens of `word` for `owner`, valid until the next call; empty where it is not known.
  std::span<const TokenId> find(uint32_t owner, std::string_view word);
  /// Remembers the tokens of the word that find() was last asked for, in vain, and that is still
  /// there. Long words and those of many tokens are not kept.
  void keep(std::span<const TokenId> tokens);

private:
  struct alignas(64) Entry {
    static constexpr size_t mostBytes = 26, mostTokens = 8;
    uint32_t owner = 0; // none has this number
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
  Entry *entries = nullptr; // 1 << bits of them in `memory`
  // What find() looked for in vain; no place for a word that is too long.
  Entry *place = nullptr;
  uint32_t wantedOwner = 0;
  std::string_view wanted;
};

} // namespace weft::text
