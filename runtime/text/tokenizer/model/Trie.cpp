#include "runtime/text/tokenizer/model/Trie.h"

#include <algorithm>
#include <tuple>

namespace weft::text {

Trie Trie::of(std::vector<Entry> entries) {
  std::ranges::sort(entries, [](const Entry &a, const Entry &b) {
    return std::tie(a.text, a.token) < std::tie(b.text, b.token);
  });
  Trie trie;
  struct Group { // the entries that share the first `depth` bytes, those of `node`
    size_t begin, end, depth;
    uint32_t node;
  };
  std::vector<Group> groups{{0, entries.size(), 0, 0}};
  for (size_t i = 0; i < groups.size(); ++i) {
    Group group = groups[i];
    while (group.begin < group.end && entries[group.begin].text.size() == group.depth)
      trie.nodes[group.node].token = entries[group.begin++].token;
    trie.nodes[group.node].firstChild = static_cast<uint32_t>(trie.nodes.size());
    auto byteOf = [&](size_t entry) {
      return static_cast<unsigned char>(entries[entry].text[group.depth]);
    };
    for (size_t begin = group.begin, end; begin < group.end; begin = end) {
      const unsigned char byte = byteOf(begin);
      for (end = begin; end < group.end && byteOf(end) == byte;)
        ++end;
      const auto child = static_cast<uint32_t>(trie.nodes.size());
      trie.nodes.push_back({.byte = byte});
      ++trie.nodes[group.node].children;
      if (group.node == 0)
        trie.fromRoot[byte] = child;
      groups.push_back({begin, end, group.depth + 1, child});
    }
  }
  return trie;
}

} // namespace weft::text
