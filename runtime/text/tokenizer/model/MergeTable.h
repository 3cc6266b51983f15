// The merges of a BPE model.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace weft::text {

/// The result of a merge and its priority.
struct Merge {
  static constexpr uint32_t never = std::numeric_limits<uint32_t>::max();
  /// Lower ranks are merged first.
  uint32_t rank = never;
  TokenId token = -1;
};

/// A flat hash table from pairs of tokens to merges. It also records which characters can be
/// neighbours inside a token, so that a word can be split between all others and merged in parts.
class MergeTable {
public:
  /// Removes all merges and reserves room for `count`.
  void reset(size_t count);
  /// Adds a merge, replacing an earlier one of the same pair. At most `count` (of reset()) in
  /// total.
  void add(TokenId left, TokenId right, Merge merge);
  /// Returns the merge of a pair; its rank is `never` if there is none.
  Merge find(TokenId left, TokenId right) const { return slots[slotOf(keyOf(left, right))].merge; }

  /// Records that some merge joins a token that ends in the character `last` to one that begins
  /// with `first`. Both are given as the tokens of these characters.
  void addBorder(TokenId last, TokenId first) { borders[borderOf(last, first)] = true; }
  /// Says whether a merge may join the two characters. False is certain; true may be a hash
  /// collision.
  bool mayJoin(TokenId last, TokenId first) const {
    return joinsAnything || borders[borderOf(last, first)];
  }
  /// Makes mayJoin() always true, for merges that do not start from characters.
  void joinAnything() { joinsAnything = true; }

private:
  struct Slot {
    uint64_t key = empty;
    Merge merge;
  };
  static constexpr uint64_t empty = ~uint64_t(0);
  static uint64_t keyOf(TokenId left, TokenId right) {
    return uint64_t(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
  }
  /// Fibonacci hashing: the high bits of the product depend on all bits of the key.
  static uint64_t hashOf(uint64_t key) { return (key ^ key >> 29) * 0x9E3779B97F4A7C15u; }
  static size_t borderOf(TokenId last, TokenId first) {
    return static_cast<size_t>(hashOf(keyOf(last, first)) >> (64 - borderBits));
  }
  size_t slotOf(uint64_t key) const {
    size_t slot = static_cast<size_t>(hashOf(key) >> shift);
    while (slots[slot].key != key && slots[slot].key != empty)
      slot = (slot + 1) & (slots.size() - 1);
    return slot;
  }
  std::vector<Slot> slots = std::vector<Slot>(2);
  unsigned shift = 63;
  static constexpr unsigned borderBits = 20;
  std::vector<bool> borders = std::vector<bool>(size_t(1) << borderBits);
  bool joinsAnything = false;
};

/// Merges the tokens from index `begin` on, which are the characters of a word, until no neighbours
/// have a merge. Time is n log n.
void applyMerges(const MergeTable &merges, std::vector<TokenId> &tokens, size_t begin);

} // namespace weft::text
