// The tokens that a recognizer takes, found along a trie.
#pragma once

#include "runtime/constrain/automaton/Recognizer.h"
#include "runtime/constrain/mask/TokenTrie.h"

#include <span>

namespace weft::constrain {

/// Pushes the bytes of the nodes [begin, end) of the trie, leaves out what is below a byte
/// that does not fit, and calls `visit(node)` after each that does. The `base` bytes above
/// them are already in the recognizer, which is as before afterwards. Returns the number of
/// bytes tried.
template <typename Visit>
size_t walkTrie(const TokenTrie &trie, Recognizer &recognizer, size_t begin, size_t end,
                size_t base, const Visit &visit) {
  const size_t size = recognizer.size();
  size_t tried = 0;
  for (size_t i = begin; i < end; ++tried) {
    recognizer.truncate(size + trie[i].depth - 1 - base);
    if (!recognizer.push(trie[i].byte)) {
      i = trie[i].end;
      continue;
    }
    visit(uint32_t(i));
    ++i;
  }
  recognizer.truncate(size);
  return tried;
}

/// The same for some nodes only: in preorder, and with each of them all that are above it.
template <typename Visit>
void walkNodes(const TokenTrie &trie, Recognizer &recognizer, std::span<const uint32_t> nodes,
               const Visit &visit) {
  const size_t size = recognizer.size();
  for (size_t i = 0; i < nodes.size();) {
    const TokenTrie::Node &node = trie[nodes[i]];
    recognizer.truncate(size + node.depth - 1);
    if (recognizer.push(node.byte))
      visit(nodes[i++]);
    else
      while (i < nodes.size() && nodes[i] < node.end)
        ++i;
  }
  recognizer.truncate(size);
}

} // namespace weft::constrain
