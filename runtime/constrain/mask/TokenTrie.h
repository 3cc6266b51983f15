// A vocabulary by the bytes of its tokens.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::constrain {

/// Nodes in preorder: a node's subtree is the range up to its `end`. Immutable; any thread
/// may use it.
class TokenTrie {
public:
  struct Node {
    uint8_t byte;
    uint16_t depth; ///< bytes up to here, this one included
    uint32_t end;
    uint32_t firstToken;
  };
  /// Longer tokens count as having no text.
  static constexpr size_t mostBytes = 4096;

  /// `tokens`: what each id stands for; empty for ids that stand for no text (special
  /// tokens), which are in no node, as the ids of `without` are.
  explicit TokenTrie(std::span<const std::string> tokens, std::span<const int32_t> without = {});

  size_t size() const { return nodes.size(); }
  const Node &operator[](size_t node) const { return nodes[node]; }
  /// Ids of the tokens that end at a node.
  std::span<const int32_t> tokensAt(size_t node) const { return tokensAt(node, node + 1); }
  /// Of those that end at one of the nodes [begin, end); not empty.
  std::span<const int32_t> tokensAt(size_t begin, size_t end) const {
    const size_t last = end < nodes.size() ? nodes[end].firstToken : ids.size();
    return {ids.data() + nodes[begin].firstToken, ids.data() + last};
  }
  /// Bytes of the longest token that counts.
  size_t longestToken() const { return longest; }
  uint32_t vocabulary() const { return vocabularySize; }
  std::string_view bytesOf(int32_t token) const;
  size_t tableBytes() const;

private:
  void sortIds();

  std::vector<Node> nodes;
  std::vector<int32_t> ids;        // by node
  std::string texts;               // of all tokens, by id
  std::vector<uint32_t> textBegin; // [vocabulary + 1]
  uint32_t vocabularySize;
  size_t longest = 0;
};

} // namespace weft::constrain
