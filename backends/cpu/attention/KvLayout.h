// Where keys and values lie in the memory of a state.
#pragma once

#include "backends/cpu/KernelBuilder.h"
#include "backends/Backend.h"

namespace weft::cpu {

/// Pages of 64 positions, so that memory is touched as sequences grow and no sooner:
/// [sequence][head][context / 64][keys of the page | its values].
///
/// Keys are tiles of 16 positions, interleaved so that the scores of 16 positions are the
/// lanes of a vector and no sum runs across lanes: [headDim / depth][16][depth], where
/// `depth` is 1, or the 4 codes that an integer product takes together (headDim is then
/// rounded up). Behind a tile of codes stand its scales, [blocks][16].
///
/// Values are [64][headDim], and behind codes their scales, [blocks][64]. A last block that
/// is not full has only the codes there are.
class KvLayout {
public:
  static constexpr int64_t tile = 16;
  static constexpr int64_t page = 64;
  static_assert(WEFT_CONTEXT_MULTIPLE % page == 0);

  explicit KvLayout(KvType type)
      : KvLayout(type.getHeads(), type.getHeadDim(), storageOf(type)) {}

  /// Bytes that all heads take for a position.
  int64_t bytesPerPosition() const { return heads * pageBytes / page; }

  /// Offset of the page of `head` that holds `position`.
  Val pageOf(KernelBuilder &k, Val sequence, Val head, Val position) const {
    Val pages = k.size(WEFT_CONTEXT) / double(page);
    return ((sequence * double(heads) + head) * pages + position / double(page)) *
           double(pageBytes);
  }

  // Offsets in a page.
  Val keyTile(Val inPage) const { return inPage / double(tile) * double(tileBytes); }
  Val value(Val inPage) const { return inPage * double(headDim * elementBytes) + double(valuesBegin); }
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

  const Storage storage;
  const int64_t heads, headDim;
  const int64_t depth, blocks; // 1 and 0 of dense ones
  const int64_t elementBytes, scaleBytes;
  /// Of the elements of a tile of keys, of a tile, of the keys of a page, of a page.
  const int64_t keysBytes, tileBytes, valuesBegin, pageBytes;

private:
  KvLayout(int64_t heads, int64_t headDim, const Storage &storage)
      : storage(storage), heads(heads), headDim(headDim), depth(storage.isBlock() ? 4 : 1),
        blocks(storage.isBlock() ? storage.blocksPerRow(headDim) : 0),
        elementBytes(storage.isBlock() ? 1 : bitsOf(storage.scalar) / 8),
        scaleBytes(bitsOf(storage.scalar) / 8),
        keysBytes((headDim + depth - 1) / depth * depth * tile * elementBytes),
        tileBytes(keysBytes + blocks * tile * scaleBytes), valuesBegin(page / tile * tileBytes),
        pageBytes(valuesBegin + page * (headDim * elementBytes + blocks * scaleBytes)) {}
};

} // namespace weft::cpu
