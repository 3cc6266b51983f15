// Encodes f32 values in any storage format and decodes them, using only the fields of `Storage`.
//
// A matrix is the Storage::bytes(rows, columns) bytes of its storage, columns > 0. All functions
// are pure and thread-safe; pointers need not be aligned.
//
// A function that reads gets the whole matrix and a range of rows. A function that writes gets the
// address of the first row, which must begin a tile: to write the rows [begin, end) of a larger
// matrix, with `begin` a multiple of arrangement.rows, pass `matrix + storage.bytes(begin,
// columns)`. It writes whole tiles and fills the rows after `end` in its last tile with zero bytes.
// So several threads may write disjoint ranges of one matrix if all ranges but the last end on a
// tile.
#pragma once

#include "ir/storage/Storage.h"

#include <cstddef>
#include <cstdint>

namespace weft {

/// Decodes the rows [begin, end) of `matrix` to `values`, row-major, as exact f32 values (rounded
/// once if an f32 scale times a code is not exact in f32).
void decodeRows(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t begin,
                int64_t end, float *values);

/// Encodes `rows` rows of row-major f32 values as `storage` to `packed`: storage.bytes(rows,
/// columns) bytes. f16 and bf16 are rounded to nearest, ties to even; BlockCodec.h says how blocks
/// are quantized. The result of `weft.quantize` is the encoding {F32, 8 bits, block, bias 0,
/// Split}. Returns whether the scales' type could represent every scale; if not, values were
/// clipped.
bool encodeRows(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                std::byte *packed);

/// Converts the rows [begin, end) of `matrix` from the storage `from` to the storage `to`, and
/// writes to.bytes(end - begin, columns) bytes to `packed`. If from.sameNumbers(to), codes and
/// scales (or scalars) keep their bits; otherwise the values are decoded and encoded again. Returns
/// the same as encodeRows().
bool transcodeRows(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
                   const Storage &to, std::byte *packed, int64_t columns);

} // namespace weft
