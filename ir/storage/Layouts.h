// The layouts of weights and states in which the backends of Weft agree, so that one artifact
// has one copy of its weights for all of them. Other backends may choose their own.
#pragma once

#include "ir/storage/Storage.h"

namespace weft {

/// Rows of a tile of weights: as many as fill a cache line of f32.
inline constexpr int64_t tileRows = 16;
/// Consecutive codes of a row that stand together in tiles of block formats, the 4 bytes that an
/// integer product takes at once; elements of dense ones.
inline constexpr int64_t tileDepthOfBlocks = 4, tileDepthOfDense = 1;

/// How a matrix stored as `storage` stands, of those that products (`product`) and embeddings, or
/// embeddings alone, read. In rows the numbers of super-blocks are scattered over bits; tiles of
/// one row are plain.
inline Arrangement tiledArrangement(const Storage &storage, bool product) {
  if (!product && !storage.hasSuperBlocks())
    return {};
  return {Arrangement::Kind::Tiled, unsigned(product ? tileRows : 1),
          unsigned(storage.isBlock() ? tileDepthOfBlocks : tileDepthOfDense)};
}

/// The memory of a state of keys and values, each stored as `storage` and of `headDim` elements:
/// [sequence][head][context / page][keys of the page | its values], so that memory is touched as
/// sequences grow and no sooner.
///
/// Keys are tiles of 16 positions, interleaved so that the scores of 16 positions are the lanes
/// of a vector and no sum runs across lanes: [headDim / depth][16][depth], where `depth` is 1, or
/// the 4 codes that an integer product takes together (headDim is then rounded up). Behind a tile
/// of codes stand its scales, [blocks][16].
///
/// Values are [64][headDim], and behind codes their scales, [blocks][64]. A last block that is
/// not full has only the codes there are.
struct KvPages {
  static constexpr int64_t page = 64, tile = 16;

  KvPages(int64_t heads, int64_t headDim, const Storage &storage)
      : storage(storage), heads(heads), headDim(headDim),
        depth(storage.isBlock() ? tileDepthOfBlocks : tileDepthOfDense),
        blocks(storage.isBlock() ? storage.blocksPerRow(headDim) : 0),
        elementBytes(storage.isBlock() ? 1 : bitsOf(storage.scalar) / 8),
        scaleBytes(bitsOf(storage.scalar) / 8),
        keysBytes((headDim + depth - 1) / depth * depth * tile * elementBytes),
        tileBytes(keysBytes + blocks * tile * scaleBytes), valuesBegin(page / tile * tileBytes),
        pageBytes(valuesBegin + page * (headDim * elementBytes + blocks * scaleBytes)) {}

  /// Bytes that all heads take for a position.
  int64_t bytesPerPosition() const { return heads * pageBytes / page; }

  const Storage storage;
  const int64_t heads, headDim;
  /// 1 and 0 of dense ones.
  const int64_t depth, blocks;
  const int64_t elementBytes, scaleBytes;
  /// Of the elements of a tile of keys, of a tile, of the keys of a page, of a page.
  const int64_t keysBytes, tileBytes, valuesBegin, pageBytes;
};

} // namespace weft
