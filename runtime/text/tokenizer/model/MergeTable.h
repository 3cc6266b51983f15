// Which two tokens join to which, and how early that was learnt.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <cstdint>
#include <limits>
#include <vector>

namespace weft::text {

struct Merge {
  static constexpr uint32_t never = std::numeric_limits<uint32_t>::max();
  /// Lower joins first.
  uint32_t rank = never;
  TokenId token = -1;
};

/// A flat hash table from pairs of tokens to merges. It also remembers which two characters
/// can meet inside a token: between all others a word may be cut and merged part by part.
class MergeTable {
public:
  /// Makes room for `count` merges and forgets what was there.
  void reset(size_t count);
  /// Adds a merge; a later one for the same pair replaces it. At most `count` of them.
  void add(TokenId left, TokenId right, Merge merge);
  /// The merge of a pair, its rank `never` if there is none.
  Merge find(TokenId left, TokenId right) const { return slots[slotOf(keyOf(left, right))].merge; }

  /// Notes that some merge joins a token that ends in character `last` to one that begins
  /// with `first`, both given as the tokens of the characters.
  void addBorder(TokenId last, TokenId first) { borders[borderOf(last, first)] = true; }
  /// Whether a merge may join them; false is certain, true may be a collision.
  bool mayJoin(TokenId last, TokenId first) const {
    return joinsAnything || borders[borderOf(last, first)];
  }
  /// Gives up cutting: for merges that are not made of characters.
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

/// Joins the tokens from index `begin` to the end of `tokens`, the characters of a word,
/// until no pair of neighbours has a merge. Time n log n.
void applyMerges(const MergeTable &merges, std::vector<TokenId> &tokens, size_t begin);

} // namespace weft::text
