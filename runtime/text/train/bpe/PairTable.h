// Numbers for pairs of tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weft::text {

/// A flat hash table from pairs to the numbers 0, 1, 2, ... in the order in which the pairs
/// were added. Not thread-safe.
class PairTable {
public:
  /// Returns the number of a pair, adding it if it is new.
  uint32_t numberOf(uint32_t left, uint32_t right) {
    if (2 * count >= slots.size())
      grow();
    const uint64_t key = uint64_t(left) << 32 | right;
    Slot &slot = slots[slotOf(key)];
    if (slot.key == empty)
      slot = {key, count++};
    return slot.number;
  }

  static constexpr uint32_t none = ~uint32_t(0);
  /// Returns the number of a pair, or `none` if it was not added.
  uint32_t find(uint32_t left, uint32_t right) const {
    const Slot &slot = slots[slotOf(uint64_t(left) << 32 | right)];
    return slot.key == empty ? none : slot.number;
  }

private:
  static constexpr uint64_t empty = ~uint64_t(0);
  struct Slot {
    uint64_t key = empty;
    uint32_t number = 0;
  };
  size_t slotOf(uint64_t key) const {
    // Fibonacci hashing: the high bits of the product depend on all bits of the key.
    size_t slot = static_cast<size_t>((key ^ key >> 29) * 0x9E3779B97F4A7C15u >> shift);
    while (slots[slot].key != key && slots[slot].key != empty)
      slot = (slot + 1) & (slots.size() - 1);
    return slot;
  }
  void grow() {
    std::vector<Slot> before(2 * slots.size());
    before.swap(slots);
    --shift;
    for (const Slot &slot : before)
      if (slot.key != empty)
        slots[slotOf(slot.key)] = slot;
  }

  static constexpr unsigned firstBits = 16;
  std::vector<Slot> slots = std::vector<Slot>(size_t(1) << firstBits);
  unsigned shift = 64 - firstBits;
  uint32_t count = 0;
};

} // namespace weft::text
