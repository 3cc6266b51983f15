// Where keys and values lie in the memory of a state.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "ir/Weft.h"

namespace weft::cpu {

/// Pages of 64 positions, so that memory is touched as sequences grow and no sooner:
/// [sequence][context / 64][head][keys of the page | its values]. Keys of 16 positions are
/// interleaved, [64 / 16][headDim][16], so that the scores of 16 positions are the lanes of
/// a vector and no sum runs across lanes; values are [64][headDim].
class KvLayout {
public:
  static constexpr int64_t tile = 16;
  static constexpr int64_t page = 64;
  static_assert(WEFT_CONTEXT_MULTIPLE % page == 0);

  KvLayout(KernelBuilder &k, KvType type)
      : heads(type.getHeads()), headDim(type.getHeadDim()), element(type.getElement()),
        elementBytes(type.getElement().getIntOrFloatBitWidth() / 8), k(k) {}

  /// Byte offset of the first element of the key at `position`; the next ones follow at
  /// keyStride().
  Val key(Val sequence, Val head, Val position) {
    Val inPage = position % page;
    return (pageOf(sequence, head, position) + inPage / tile * (tile * headDim) + inPage % tile) *
           elementBytes;
  }
  int64_t keyStride() const { return tile * elementBytes; }
  /// Byte offset of the value at `position`; its elements follow each other.
  Val value(Val sequence, Val head, Val position) {
    return (pageOf(sequence, head, position) + (position % page + double(page)) * headDim) *
           elementBytes;
  }
  void storeElement(Val value, Val base, Val offset) {
    k.store(value.to(element), base, offset, elementBytes);
  }

  const int64_t heads, headDim;
  const mlir::Type element;
  const int64_t elementBytes;

private:
  /// First element of the page of a head that holds `position`.
  Val pageOf(Val sequence, Val head, Val position) {
    Val pages = k.size(WEFT_CONTEXT) / double(page);
    return ((sequence * pages + position / page) * heads + head) * (2 * page * headDim);
  }

  KernelBuilder &k;
};

} // namespace weft::cpu
