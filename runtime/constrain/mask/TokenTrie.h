// A trie of the tokens of a vocabulary.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// Nodes are stored in preorder: the subtree of a node is the range from it up to its `end`.
/// Immutable; may be used from any thread.
class TokenTrie {
public:
  struct Node {
    uint8_t byte;
    uint16_t depth; ///< bytes from the root, including this one
    uint32_t end;
    uint32_t firstToken;
  };
  /// Tokens with more bytes than this are treated as having no text.
  static constexpr size_t mostBytes = 4096;

  /// `tokens` has the bytes of each id; empty ones (special tokens) are in no node, nor are the ids
  /// of `without`.
  explicit TokenTrie(std::span<const std::string> tokens, std::span<const int32_t> without = {});

  size_t size() const { return nodes.size(); }
  const Node &operator[](size_t node) const { return nodes[node]; }
  /// Returns the ids of the tokens that end at `node`.
  std::span<const int32_t> tokensAt(size_t node) const { return tokensAt(node, node + 1); }
  /// Returns the ids of the tokens that end at the nodes [begin, end), which must not be empty.
  std::span<const int32_t> tokensAt(size_t begin, size_t end) const {
    const size_t last = end < nodes.size() ? nodes[end].firstToken : ids.size();
    return {ids.data() + nodes[begin].firstToken, ids.data() + last};
  }
  /// Returns the bytes of the longest token in the trie.
  size_t longestToken() const { return longest; }
  uint32_t vocabulary() const { return vocabularySize; }
  std::string_view bytesOf(int32_t token) const;
  size_t tableBytes() const;

private:
  void sortIds();

  std::vector<Node> nodes;
  std::vector<int32_t> ids;        // in the order of their nodes
  std::string texts;               // bytes of all tokens, in the order of their ids
  std::vector<uint32_t> textBegin; // [vocabulary + 1]
  uint32_t vocabularySize;
  size_t longest = 0;
};

} // namespace weft::constrain
