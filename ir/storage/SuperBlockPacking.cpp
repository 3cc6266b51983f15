// Super-blocks in rows and in tiles.

#include "ir/storage/SuperBlock.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace weft {

SuperTile::SuperTile(const Storage &storage) {
  const Arrangement &arrangement = storage.arrangement;
  assert(arrangement.kind == Arrangement::Kind::Tiled);
  int64_t rows = arrangement.rows, scalar = 2;
  blockCodes = rows * storage.block * storage.bits / 8;
  assert(blockCodes / rows % arrangement.depth == 0);
  minScales = rows * scalar;
  scales = minScales + (storage.mins ? rows * scalar : 0);
  mins = scales + rows * storage.super;
  codes = mins + (storage.mins ? rows * storage.super : 0);
  bytes = codes + blockCodes * storage.super;
}

namespace {

/// The bytes of the codes of a block of one row, before they are interleaved with those of
/// the other rows.
void packCodes(const Storage &storage, const uint8_t *codes, uint8_t *bytes) {
  unsigned half = storage.block / 2, quarter = storage.block / 4;
  for (unsigned i = 0; i < half; ++i)
    bytes[i] = uint8_t((codes[i] & 15) | (codes[i + half] & 15) << 4);
  if (storage.bits == 6)
    for (unsigned i = 0; i < quarter; ++i)
      bytes[half + i] = uint8_t(codes[i] >> 4 | codes[i + quarter] >> 4 << 2 |
                                codes[i + half] >> 4 << 4 | codes[i + half + quarter] >> 4 << 6);
}

void unpackCodes(const Storage &storage, const uint8_t *bytes, uint8_t *codes) {
  unsigned half = storage.block / 2, quarter = storage.block / 4;
  for (unsigned i = 0; i < half; ++i) {
    codes[i] = bytes[i] & 15;
    codes[i + half] = bytes[i] >> 4;
  }
  if (storage.bits == 6)
    for (unsigned i = 0; i < storage.block; ++i)
      codes[i] |= (bytes[half + i % quarter] >> 2 * (i / quarter) & 3) << 4;
}

/// One row of a tiled super-block.
class TiledRow {
public:
  TiledRow(const Storage &storage, int64_t columns, int64_t row, int64_t number)
      : storage(storage), tile(storage), rows(storage.arrangement.rows),
        depth(storage.arrangement.depth), inTile(row % rows) {
    int64_t perRow = columns / storage.rowMultiple();
    base = (row / rows * perRow + number) * tile.bytes;
  }

  void load(const std::byte *matrix, SuperBlock &to) const {
    const auto *from = reinterpret_cast<const uint8_t *>(matrix) + base;
    std::memcpy(&to.scale, from + 2 * inTile, 2);
    to.minScale = 0;
    if (storage.mins)
      std::memcpy(&to.minScale, from + tile.minScales + 2 * inTile, 2);
    uint8_t bytes[SuperBlock::mostElements];
    for (int64_t b = 0; b < storage.super; ++b) {
      uint8_t scale = from[tile.scales + b * rows + inTile];
      to.scales[b] = storage.mins ? scale : int8_t(scale);
      to.mins[b] = storage.mins ? from[tile.mins + b * rows + inTile] : 0;
      for (int64_t i = 0; i < codeBytes(); ++i)
        bytes[i] = from[codeAt(b, i)];
      unpackCodes(storage, bytes, &to.codes[b * storage.block]);
    }
  }

  void store(const SuperBlock &from, std::byte *matrix) const {
    auto *to = reinterpret_cast<uint8_t *>(matrix) + base;
    std::memcpy(to + 2 * inTile, &from.scale, 2);
    if (storage.mins)
      std::memcpy(to + tile.minScales + 2 * inTile, &from.minScale, 2);
    uint8_t bytes[SuperBlock::mostElements];
    for (int64_t b = 0; b < storage.super; ++b) {
      to[tile.scales + b * rows + inTile] = uint8_t(from.scales[b]);
      if (storage.mins)
        to[tile.mins + b * rows + inTile] = uint8_t(from.mins[b]);
      packCodes(storage, &from.codes[b * storage.block], bytes);
      for (int64_t i = 0; i < codeBytes(); ++i)
        to[codeAt(b, i)] = bytes[i];
    }
  }

private:
  int64_t codeBytes() const { return int64_t(storage.block) * storage.bits / 8; }
  int64_t codeAt(int64_t block, int64_t byte) const {
    return tile.codes + block * tile.blockCodes + (byte / depth * rows + inTile) * depth +
           byte % depth;
  }

  const Storage &storage;
  SuperTile tile;
  int64_t rows, depth, inTile, base;
};

bool isTiled(const Storage &storage) {
  return storage.arrangement.kind == Arrangement::Kind::Tiled;
}

} // namespace

void loadSuperBlock(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t row,
                    int64_t number, SuperBlock &block) {
  if (isTiled(storage))
    return TiledRow(storage, columns, row, number).load(matrix, block);
  const SuperBlockFormat &format = superBlockFormat(storage);
  int64_t perRow = columns / storage.rowMultiple();
  format.unpack(matrix + (row * perRow + number) * format.bytes, block);
}

void storeSuperBlock(const Storage &storage, int64_t columns, const SuperBlock &block, int64_t row,
                     int64_t number, std::byte *matrix) {
  if (isTiled(storage))
    return TiledRow(storage, columns, row, number).store(block, matrix);
  const SuperBlockFormat &format = superBlockFormat(storage);
  int64_t perRow = columns / storage.rowMultiple();
  format.pack(block, matrix + (row * perRow + number) * format.bytes);
}

namespace {

/// Zeros the tile that a run of rows does not fill, if there is one.
void clearLastTile(const Storage &storage, int64_t columns, int64_t rows, std::byte *packed) {
  int64_t whole =
      isTiled(storage) ? rows / storage.arrangement.rows * storage.arrangement.rows : rows;
  int64_t begin = storage.bytes(whole, columns);
  std::memset(packed + begin, 0, storage.bytes(rows, columns) - begin);
}

} // namespace

void decodeSuperRows(const Storage &storage, int64_t columns, const std::byte *matrix,
                     int64_t begin, int64_t end, float *values) {
  assert(columns % storage.rowMultiple() == 0);
  SuperBlock block;
  for (int64_t row = begin; row < end; ++row)
    for (int64_t column = 0; column < columns; column += storage.rowMultiple()) {
      loadSuperBlock(storage, columns, matrix, row, column / storage.rowMultiple(), block);
      decodeSuperBlock(storage, block, values + (row - begin) * columns + column);
    }
}

void encodeSuperRows(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                     std::byte *packed) {
  assert(columns % storage.rowMultiple() == 0);
  clearLastTile(storage, columns, rows, packed);
  SuperBlock block;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; column += storage.rowMultiple()) {
      encodeSuperBlock(storage, values + row * columns + column, block);
      storeSuperBlock(storage, columns, block, row, column / storage.rowMultiple(), packed);
    }
}

void rearrangeSuperRows(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
                        const Storage &to, std::byte *packed, int64_t columns) {
  assert(from.sameNumbers(to) && columns % from.rowMultiple() == 0);
  clearLastTile(to, columns, end - begin, packed);
  // Rows of a tile are interleaved: super-block by super-block, a tile's rows together.
  int64_t tile = isTiled(to) ? to.arrangement.rows : 1;
  SuperBlock block;
  for (int64_t first = begin; first < end; first += tile)
    for (int64_t number = 0; number < columns / from.rowMultiple(); ++number)
      for (int64_t row = first; row < std::min(end, first + tile); ++row) {
        loadSuperBlock(from, columns, matrix, row, number, block);
        storeSuperBlock(to, columns, block, row - begin, number, packed);
      }
}

} // namespace weft
