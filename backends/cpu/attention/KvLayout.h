// Offsets of keys and values in the memory of a state.
#pragma once

#include "backends/Backend.h"
#include "backends/cpu/KernelBuilder.h"

namespace weft::cpu {

/// Computes offsets in the pages of ir/storage/Layouts.h in generated code.
class KvLayout : public KvPages {
public:
  static_assert(WEFT_CONTEXT_MULTIPLE % page == 0);

  explicit KvLayout(KvType type) : KvPages(kvPagesOf(type)) {}

  /// Returns the offset of the page of `head` that contains `position`.
  Val pageOf(KernelBuilder &k, Val sequence, Val head, Val position) const {
    Val pages = k.size(WEFT_CONTEXT) / double(page);
    return ((sequence * double(heads) + head) * pages + position / double(page)) *
           double(pageBytes);
  }

  // Offsets in a page.
  Val keyTile(Val inPage) const { return inPage / double(tile) * double(tileBytes); }
  Val value(Val inPage) const {
    return inPage * double(headDim * elementBytes) + double(valuesBegin);
  }
  Val valueScale(Val block, Val inPage) const {
    return (block * double(page) + inPage) * double(scaleBytes) +
           double(valuesBegin + page * headDim * elementBytes);
  }
  // Offsets in a tile of keys.
  Val key(Val element, Val inTile) const {
    return (element * double(tile) + inTile * double(depth)) * double(elementBytes);
  }
  Val keyScale(Val block, Val inTile) const {
    return (block * double(tile) + inTile) * double(scaleBytes) + double(keysBytes);
  }
};

} // namespace weft::cpu
