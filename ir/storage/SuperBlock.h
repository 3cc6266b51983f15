// Super-blocks: blocks whose scales are small integers times a scale that they share (the K-quants
// of GGUF). Storage.h defines the values.
#pragma once

#include "ir/storage/Storage.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weft {

/// One super-block of one row with every field unpacked; no arrangement stores it like this.
struct SuperBlock {
  static constexpr unsigned mostElements = 256, mostBlocks = 16;

  /// The scale, and the scale of minima, as f16 bits.
  uint16_t scale = 0, minScale = 0;
  /// The sub-scale and the minimum of each block; `mins` are zero if the format has none.
  std::array<int16_t, mostBlocks> scales{}, mins{};
  /// The code of each element, in order.
  std::array<uint8_t, mostElements> codes{};
};

/// What the fields of Storage do not define: the layout of a format's super-blocks in rows, and the
/// range of the sub-scales and minima there.
struct SuperBlockFormat {
  const char *name;
  /// The storage, arranged in rows.
  Storage storage;
  int lowestScale, highestScale;
  /// Bytes of a super-block in rows.
  int64_t bytes;
  /// Read and write `bytes` bytes, which need not be aligned. They are inverses of each other.
  void (*unpack)(const std::byte *from, SuperBlock &to);
  void (*pack)(const SuperBlock &from, std::byte *to);
};

/// Returns the format of a storage, whatever its arrangement; nullptr if it has no entry.
const SuperBlockFormat *findSuperBlockFormat(const Storage &storage);
/// Returns the format of a storage that has an entry.
const SuperBlockFormat &superBlockFormat(const Storage &storage);

/// Returns the names of all formats for messages: "Q4_K, Q6_K".
std::string superBlockFormatNames();

/// Byte offsets of the fields of a tiled super-block, from its first byte, for all rows of the
/// tile: [scales | scales of minima | sub-scales, `rows` for each block | minima, `rows` for each
/// block | codes, block by block as in any block format].
struct SuperTile {
  explicit SuperTile(const Storage &storage);

  int64_t minScales, scales, mins, codes;
  /// Bytes of the codes of one block.
  int64_t blockCodes;
  int64_t bytes;
};

/// Load and store super-block `number` of row `row` of a matrix with `columns` columns.
void loadSuperBlock(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t row,
                    int64_t number, SuperBlock &block);
void storeSuperBlock(const Storage &storage, int64_t columns, const SuperBlock &block, int64_t row,
                     int64_t number, std::byte *matrix);

/// Decodes all values of a super-block, by the formulas of Storage.h.
void decodeSuperBlock(const Storage &storage, const SuperBlock &block, float *values);

/// Encodes a super-block: each block's range is mapped to all codes, and its scale and minimum are
/// rounded to multiples of the largest ones. The result has finite values even if `values` are not
/// finite, or beyond what the scales can represent.
void encodeSuperBlock(const Storage &storage, const float *values, SuperBlock &block);

/// decodeRows(), encodeRows(), and transcodeRows() between equal numbers (Packing.h), for formats
/// with super-blocks.
void decodeSuperRows(const Storage &storage, int64_t columns, const std::byte *matrix,
                     int64_t begin, int64_t end, float *values);
void encodeSuperRows(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                     std::byte *packed);
void rearrangeSuperRows(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
                        const Storage &to, std::byte *packed, int64_t columns);

} // namespace weft
