// A trie that finds all pieces that are prefixes of a text.
#pragma once

#include "runtime/text/train/bpe/PairTable.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace weft::text {

/// A trie over bytes. Once built, it may be used from any thread.
class PieceTrie {
public:
  /// Adds `piece`, which is not empty, under `number`.
  void add(std::string_view piece, uint32_t number) {
    uint32_t node = 0;
    for (unsigned char byte : piece)
      node = children.numberOf(node, byte) + 1;
    if (node >= pieces.size())
      pieces.resize(node + 1, PairTable::none);
    pieces[node] = number;
  }

  /// Calls `visit(number, length)` for every piece that is a prefix of `text`, shortest first.
  template <typename Visit> void match(std::string_view text, Visit visit) const {
    uint32_t node = 0;
    for (size_t at = 0; at < text.size(); ++at) {
      const uint32_t child = children.find(node, static_cast<unsigned char>(text[at]));
      if (child == PairTable::none)
        return;
      node = child + 1;
      if (node < pieces.size() && pieces[node] != PairTable::none)
        visit(pieces[node], at + 1);
    }
  }

private:
  /// Maps a node and a byte to the child's number minus one.
  PairTable children;
  std::vector<uint32_t> pieces;
};

} // namespace weft::text
