// A map of at most so many entries, of which the one that was unused for longest makes room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace weft::vulkan {

/// For few entries: it looks at all of them where one has to go. Not thread-safe.
template <typename Key, typename Value> class RecentlyUsed {
  struct Entry {
    Value value;
    uint64_t lastUse;
  };

public:
  explicit RecentlyUsed(size_t most) : most(most) {}

  /// Returns the value of `key` and counts this as its use; nullptr where there is none. The value
  /// stays where it is until it is dropped or erased.
  Value *find(const Key &key) {
    auto found = entries.find(key);
    if (found == entries.end())
      return nullptr;
    found->second.lastUse = ++clock;
    return &found->second.value;
  }

  /// Adds `key`, which is not there yet, with an empty value. Where there are `most` entries, hands
  /// the one whose last use is longest ago to `drop` first.
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
