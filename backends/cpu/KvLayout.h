// Where keys and values lie in the memory of a state.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "ir/Weft.h"

namespace weft::cpu {

/// Of each sequence and head, keys first and then, after those of all sequences, values.
/// Keys of 16 positions are interleaved, [context / 16][headDim][16], so that the scores
/// of 16 positions are the lanes of a vector and no sum runs across lanes; values are
/// [context][headDim]. The context is a multiple of 16.
class KvLayout {
public:
  static constexpr int64_t tile = 16;

  KvLayout(KernelBuilder &k, KvType type)
      : heads(type.getHeads()), headDim(type.getHeadDim()), element(type.getElement()),
        elementBytes(type.getElement().getIntOrFloatBitWidth() / 8), k(k) {}

  /// Byte offset of the first element of the key at `position`; the next ones follow at
  /// keyStride().
  Val key(Val sequence, Val head, Val position) {
    return ((rowOf(sequence, head) + position / tile * tile) * headDim + position % tile) *
           elementBytes;
  }
  int64_t keyStride() const { return tile * elementBytes; }
  /// Byte offset of the value at `position`; its elements follow each other.
  Val value(Val sequence, Val head, Val position) {
    Val keys = k.size(WEFT_SEQUENCES) * k.size(WEFT_CONTEXT) * (heads * headDim);
    return (keys + (rowOf(sequence, head) + position) * headDim) * elementBytes;
  }
  void storeElement(Val value, Val base, Val offset) {
    k.store(value.to(element), base, offset, elementBytes);
  }

  const int64_t heads, headDim;
  const mlir::Type element;
  const int64_t elementBytes;

private:
  Val rowOf(Val sequence, Val head) {
    return (sequence * heads + head) * k.size(WEFT_CONTEXT);
  }

  KernelBuilder &k;
};

} // namespace weft::cpu
