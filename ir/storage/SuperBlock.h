// Super-blocks: blocks whose scales are small integers times a scale that they share (the
// K-quants of GGUF). Storage.h says what their fields mean.
#pragma once

#include "ir/storage/Storage.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weft {

/// One super-block of one row with every number on its own, as no arrangement has it.
struct SuperBlock {
  static constexpr unsigned mostElements = 256, mostBlocks = 16;

  /// Scales as f16 has them.
  uint16_t scale = 0, minScale = 0;
  /// Of each block; `mins` are zero where the format has none.
  std::array<int16_t, mostBlocks> scales{}, mins{};
  /// Of each element, in order.
  std::array<uint8_t, mostElements> codes{};
};

/// What the fields of Storage do not say about a format: its super-blocks in rows, and the
/// range that the sub-scales and minima have there.
struct SuperBlockFormat {
  const char *name;
  /// In rows.
  Storage storage;
  int lowestScale, highestScale;
  /// Of a super-block in rows.
  int64_t bytes;
  /// From and to `bytes` bytes, which need not be aligned. Each undoes the other.
  void (*unpack)(const std::byte *from, SuperBlock &to);
  void (*pack)(const SuperBlock &from, std::byte *to);
};

/// The format of these numbers, nullptr where the table has none.
const SuperBlockFormat *findSuperBlockFormat(const Storage &storage);
/// The same for a storage that has one.
const SuperBlockFormat &superBlockFormat(const Storage &storage);

/// "Q4_K, Q6_K": all of the table, for messages.
std::string superBlockFormatNames();

/// Where the parts of a tiled super-block stand: bytes from its first one, for all rows of
/// the tile. [scales | scales of minima | sub-scales, `rows` for each block | minima, `rows`
/// for each block | codes, block by block as in any block format].
struct SuperTile {
  explicit SuperTile(const Storage &storage);

  int64_t minScales, scales, mins, codes;
  /// Of the codes of one block.
  int64_t blockCodes;
  int64_t bytes;
};

/// The super-block `number` of row `row` of a matrix of `columns` columns.
void loadSuperBlock(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t row,
                    int64_t number, SuperBlock &block);
void storeSuperBlock(const Storage &storage, int64_t columns, const SuperBlock &block, int64_t row,
                     int64_t number, std::byte *matrix);

/// All values of a super-block, by the formulas of Storage.h.
void decodeSuperBlock(const Storage &storage, const SuperBlock &block, float *values);

/// The super-block of as many values: each block's range is mapped to all codes, and its
/// scale and minimum are rounded to multiples of the largest ones. Where values are not
/// finite, or beyond what the scales can hold, it is one of finite values.
void encodeSuperBlock(const Storage &storage, const float *values, SuperBlock &block);

/// decodeRows(), encodeRows() and transcodeRows() between equal numbers (Packing.h) of
/// formats with super-blocks.
void decodeSuperRows(const Storage &storage, int64_t columns, const std::byte *matrix,
                     int64_t begin, int64_t end, float *values);
void encodeSuperRows(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                     std::byte *packed);
void rearrangeSuperRows(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
                        const Storage &to, std::byte *packed, int64_t columns);

} // namespace weft
