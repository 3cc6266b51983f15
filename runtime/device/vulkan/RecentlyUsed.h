// A map of limited size that drops its least recently used entry (LRU).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace weft::vulkan {

/// An LRU map for few entries: finding the one to drop looks at all of them. Not thread-safe.
template <typename Key, typename Value> class RecentlyUsed {
  struct Entry {
    Value value;
    uint64_t lastUse;
  };

public:
  /// Makes an empty map of at most `most` entries.
  explicit RecentlyUsed(size_t most) : most(most) {}

  /// Returns the value of `key` and counts this as a use, or nullptr if there is none. The pointer
  /// stays valid until the entry is dropped or erased.
  Value *find(const Key &key) {
    auto found = entries.find(key);
    if (found == entries.end())
      return nullptr;
    found->second.lastUse = ++clock;
    return &found->second.value;
  }

  /// Adds `key`, which must not be in the map, with a default value. If the map is full, first
  /// calls `drop` with the least recently used value and removes that entry.
  template <typename Drop> Value &add(const Key &key, Drop drop) {
    if (entries.size() >= most) {
      auto oldest = std::ranges::min_element(
          entries, {}, [](const auto &entry) { return entry.second.lastUse; });
      drop(oldest->second.value);
      entries.erase(oldest);
    }
    return entries.insert_or_assign(key, Entry{Value(), ++clock}).first->second.value;
  }

  void erase(const Key &key) { entries.erase(key); }

  template <typename Visit> void forEach(Visit visit) {
    for (auto &[key, entry] : entries)
      visit(entry.value);
  }

private:
  size_t most;
  uint64_t clock = 0;
  std::map<Key, Entry> entries;
};

} // namespace weft::vulkan
