// Numbers into a storage format and out of it: everything is derived from the fields of
// `Storage`.
//
// A matrix is the Storage::bytes(rows, columns) bytes of its storage, columns > 0. All
// functions are pure and may run on several threads; their pointers need not be aligned.
// What is read is addressed as a whole matrix with a range of rows. What is written is a
// run of rows that starts on a tile: to write rows [begin, end) of a larger matrix, with
// `begin` a multiple of arrangement.rows, give them
// `matrix + storage.bytes(begin, columns)`. A run writes whole tiles: it fills the rows of
// its last tile that are past `end` with zero bytes, so several threads may write disjoint
// runs of one matrix if all but the last end on a tile.
#pragma once

#include "ir/storage/Storage.h"

#include <cstddef>
#include <cstdint>

namespace weft {

/// Rows [begin, end) of `matrix` as the exact f32 values they stand for (rounded once
/// where an f32 scale times a code has no exact value), row-major, to `values`.
void decodeRows(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t begin,
                int64_t end, float *values);

/// `rows` rows of row-major f32 values as `storage`, to `packed`: storage.bytes(rows,
/// columns) bytes. f16 and bf16 are rounded to nearest, ties to even; how blocks are
/// quantized is in BlockCodec.h. An activation row of `weft.quantize` is its encoding as
/// {F32, 8 bits, block, bias 0, Split}. Returns whether the scales' type could hold every
/// scale; where it could not, values were clipped.
bool encodeRows(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                std::byte *packed);

/// Rows [begin, end) of `matrix`, stored as `from`, as `to`, to `packed`: to.bytes(end -
/// begin, columns) bytes. Where from.sameNumbers(to), codes and scales (or scalars) keep
/// their bits; otherwise the values are decoded and encoded again. Returns what encodeRows()
/// does.
bool transcodeRows(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
                   const Storage &to, std::byte *packed, int64_t columns);

} // namespace weft
