// The layouts of weights and states that Weft's backends share, so that an artifact for several of
// them stores each weight once. Backends of plug-ins may choose their own.
#pragma once

#include "ir/storage/Storage.h"

namespace weft {

/// The number of rows of a tile of weights: a cache line of f32.
inline constexpr int64_t tileRows = 16;
/// The number of consecutive codes of a row that are contiguous in tiles of block formats (the 4
/// bytes of an integer dot product), and the number of contiguous elements in tiles of dense
/// formats.
inline constexpr int64_t tileDepthOfBlocks = 4, tileDepthOfDense = 1;

/// Returns the arrangement of a matrix stored as `storage`. `product` is true if any matrix product
/// reads it, false if only embeddings do. In rows, the fields of super-blocks are bit-packed, so
/// super-blocks that only embeddings read get tiles of one row, where each field is unpacked.
inline Arrangement tiledArrangement(const Storage &storage, bool product) {
  if (!product && !storage.hasSuperBlocks())
    return {};
  return {Arrangement::Kind::Tiled, unsigned(product ? tileRows : 1),
          unsigned(storage.isBlock() ? tileDepthOfBlocks : tileDepthOfDense)};
}

/// The memory of a state of keys and values, each of `headDim` elements stored as `storage`:
/// [sequence][head][context / page][keys of the page | values of the page]. Memory is touched only
/// as sequences grow.
///
/// Keys are stored in tiles of 16 positions, interleaved so that the scores of 16 positions are the
/// lanes of a vector and nothing is summed across lanes: [headDim / depth][16][depth]. `depth` is 1
/// for dense storage, and 4 for blocks, the codes of an integer dot product (headDim is then
/// rounded up). A tile of codes is followed by its scales, [blocks][16].
///
/// Values are [64][headDim], and codes are followed by their scales, [blocks][64]. A last block
/// that is not full has only the existing codes.
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

  /// Returns the bytes of one position for all heads.
  int64_t bytesPerPosition() const { return heads * pageBytes / page; }

  const Storage storage;
  const int64_t heads, headDim;
  /// Contiguous elements of a key, and blocks per key; 1 and 0 for dense storage.
  const int64_t depth, blocks;
  const int64_t elementBytes, scaleBytes;
  /// The bytes of the elements of a tile of keys, of a whole tile, of the keys of a page, and of a
  /// page.
  const int64_t keysBytes, tileBytes, valuesBegin, pageBytes;
};

} // namespace weft
