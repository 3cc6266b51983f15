// Walks a trie along the tokens that a recognizer accepts.
#pragma once

#include "runtime/constrain/automaton/Recognizer.h"
#include "runtime/constrain/mask/TokenTrie.h"

#include <span>

namespace weft::constrain {

/// Pushes the bytes of the trie nodes [begin, end), skips the subtree of a byte that is not
/// allowed, and calls `visit(node)` after each byte that is. The `base` bytes above these nodes
/// must already be in the recognizer, which is restored afterwards. Returns the number of bytes
/// tried.
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

/// Does the same for the nodes in `nodes`, which must be in preorder and include all their
/// ancestors.
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
