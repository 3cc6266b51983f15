// A trie that finds all tokens that are prefixes of a text.
#pragma once

#include "runtime/text/tokenizer/model/Vocabulary.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace weft::text {

/// A trie over bytes. Immutable once made; may be used from any thread.
class Trie {
public:
  struct Entry {
    /// Must not be empty. Need not outlive of().
    std::string_view text;
    TokenId token;
  };
  /// Builds a trie. Of entries with the same text, the one with the largest token is used.
  static Trie of(std::vector<Entry> entries);

  /// Calls `visit(length, token)` for each entry that is a prefix of `text`, the shortest first.
  template <typename Visit> void findPrefixes(std::string_view text, Visit visit) const {
    uint32_t node = 0;
    for (size_t at = 0; at < text.size(); ++at) {
      node = childOf(node, static_cast<unsigned char>(text[at]));
      if (!node)
        return;
      if (nodes[node].token >= 0)
        visit(at + 1, nodes[node].token);
    }
  }

private:
  struct Node {
    uint32_t firstChild = 0;
    uint16_t children = 0;
    unsigned char byte = 0;
    TokenId token = -1;
  };
  /// Returns 0 if there is none, as the root is no child.
  uint32_t childOf(uint32_t node, unsigned char byte) const {
    if (node == 0)
      return fromRoot[byte];
    uint32_t begin = nodes[node].firstChild, end = begin + nodes[node].children;
    while (end - begin > 8) {
      const uint32_t middle = begin + (end - begin) / 2;
      (nodes[middle].byte <= byte ? begin : end) = middle;
    }
    for (; begin < end; ++begin)
      if (nodes[begin].byte == byte)
        return begin;
    return 0;
  }

  std::vector<Node> nodes = std::vector<Node>(1);
  std::vector<uint32_t> fromRoot = std::vector<uint32_t>(256);
};

} // namespace weft::text
