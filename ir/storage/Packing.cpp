#include "ir/storage/Packing.h"

#include "ir/storage/BlockCodec.h"
#include "ir/storage/Placement.h"
#include "ir/storage/ScalarConversion.h"
#include "ir/storage/SuperBlock.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <numeric>
#include <optional>
#include <vector>

namespace weft {

namespace {

/// Columns of a piece of a dense matrix: some cache lines of each row, whole groups of
/// `depth`.
int64_t piecesOf(int64_t depth) { return std::max<int64_t>(1, 256 / depth) * depth; }

/// Calls work(row, piece) for all pieces of the rows [begin, end), tile by tile and within
/// a tile piece by piece: the rows of a tile are interleaved.
template <typename Work>
void forEachPiece(const Placement &placement, int64_t begin, int64_t end, Work work) {
  int64_t tile = placement.tileRows();
  for (int64_t first = begin; first < end;) {
    int64_t last = std::min(end, (first / tile + 1) * tile);
    for (int64_t piece = 0; piece < placement.pieces(); ++piece)
      for (int64_t row = first; row < last; ++row)
        work(row, piece);
    first = last;
  }
}

/// Zeros the bytes of a run of rows that no element will be written to.
void clearPadding(const Storage &storage, const Placement &placement, int64_t rows, int64_t columns,
                  std::byte *packed) {
  int64_t whole = rows / placement.tileRows() * placement.tileRows();
  int64_t begin = placement.hasGaps() ? 0 : storage.bytes(whole, columns);
  int64_t end = storage.bytes(rows, columns);
  if (whole != rows || placement.hasGaps())
    std::memset(packed + begin, 0, end - begin);
}

void decodeDense(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t begin,
                 int64_t end, float *values) {
  int64_t pieceColumns = piecesOf(storage.arrangement.depth);
  Placement placement(storage, columns, pieceColumns);
  std::vector<std::byte> scalars(pieceColumns * sizeof(float));
  forEachPiece(placement, begin, end, [&](int64_t row, int64_t piece) {
    placement.gatherCodes(matrix, row, piece, scalars.data());
    readScalars(storage.scalar, scalars.data(), placement.pieceLength(piece),
                values + (row - begin) * columns + placement.pieceBegin(piece));
  });
}

void decodeBlocks(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t begin,
                  int64_t end, float *values) {
  Placement placement(storage, columns, storage.block);
  BlockCodec codec(storage);
  std::vector<uint8_t> codes(codec.codeBytes());
  forEachPiece(placement, begin, end, [&](int64_t row, int64_t piece) {
    placement.gatherCodes(matrix, row, piece, reinterpret_cast<std::byte *>(codes.data()));
    float scale;
    readScalars(storage.scalar, matrix + placement.scaleAt(row, piece), 1, &scale);
    codec.decode(codes.data(), scale, placement.pieceLength(piece),
                 values + (row - begin) * columns + placement.pieceBegin(piece));
  });
}

void encodeDense(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                 std::byte *packed) {
  int64_t pieceColumns = piecesOf(storage.arrangement.depth);
  Placement placement(storage, columns, pieceColumns);
  clearPadding(storage, placement, rows, columns, packed);
  std::vector<std::byte> scalars(pieceColumns * sizeof(float));
  forEachPiece(placement, 0, rows, [&](int64_t row, int64_t piece) {
    writeScalars(storage.scalar, values + row * columns + placement.pieceBegin(piece),
                 placement.pieceLength(piece), scalars.data());
    placement.scatterCodes(scalars.data(), row, piece, packed);
  });
}

/// Writes the sum of a block's codes times -128, where the arrangement has one.
void storeSum(const Placement &placement, const BlockCodec &codec, const std::byte *codes,
              int64_t row, int64_t piece, std::byte *packed) {
  if (!placement.hasSums())
    return;
  int32_t sum = -128 * codec.sumOfCodes(reinterpret_cast<const uint8_t *>(codes));
  std::memcpy(packed + placement.sumAt(row, piece), &sum, sizeof(sum));
}

bool encodeBlocks(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                  std::byte *packed) {
  Placement placement(storage, columns, storage.block);
  clearPadding(storage, placement, rows, columns, packed);
  BlockCodec codec(storage);
  std::vector<std::byte> codes(codec.codeBytes());
  forEachPiece(placement, 0, rows, [&](int64_t row, int64_t piece) {
    float scale =
        codec.encode(values + row * columns + placement.pieceBegin(piece),
                     placement.pieceLength(piece), reinterpret_cast<uint8_t *>(codes.data()));
    placement.scatterCodes(codes.data(), row, piece, packed);
    writeScalars(storage.scalar, &scale, 1, packed + placement.scaleAt(row, piece));
    storeSum(placement, codec, codes.data(), row, piece, packed);
  });
  return codec.heldAll();
}

/// Moves codes and scales without looking at them.
void rearrange(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
               const Storage &to, std::byte *packed, int64_t columns) {
  int64_t pieceColumns = piecesOf(std::lcm(from.arrangement.depth, to.arrangement.depth));
  Placement source(from, columns, pieceColumns), target(to, columns, pieceColumns);
  clearPadding(to, target, end - begin, columns, packed);
  std::optional<BlockCodec> codec;
  if (target.hasSums())
    codec.emplace(to);
  std::vector<std::byte> scratch(target.pieces() > 0 ? target.codeBytes(0) : 0);
  size_t scaleBytes = bitsOf(to.scalar) / 8;
  forEachPiece(target, 0, end - begin, [&](int64_t row, int64_t piece) {
    int64_t sourceRow = begin + row;
    const std::byte *codes = scratch.data();
    if (source.contiguous())
      codes = matrix + source.codesAt(sourceRow, piece);
    else
      source.gatherCodes(matrix, sourceRow, piece, scratch.data());
    target.scatterCodes(codes, row, piece, packed);
    if (target.hasScales())
      std::memcpy(packed + target.scaleAt(row, piece), matrix + source.scaleAt(sourceRow, piece),
                  scaleBytes);
    if (codec)
      storeSum(target, *codec, codes, row, piece, packed);
  });
}

/// Tile sizes mean nothing in other arrangements; make them 1 there.
Storage normalized(Storage storage) {
  Arrangement &arrangement = storage.arrangement;
  if (arrangement.kind != Arrangement::Kind::Tiled)
    arrangement.rows = arrangement.depth = 1;
  return storage;
}

} // namespace

void decodeRows(const Storage &storage, int64_t columns, const std::byte *matrix, int64_t begin,
                int64_t end, float *values) {
  assert(0 <= begin && begin <= end && columns > 0);
  if (storage.hasSuperBlocks())
    decodeSuperRows(storage, columns, matrix, begin, end, values);
  else if (storage.isBlock())
    decodeBlocks(normalized(storage), columns, matrix, begin, end, values);
  else
    decodeDense(normalized(storage), columns, matrix, begin, end, values);
}

bool encodeRows(const Storage &storage, int64_t columns, const float *values, int64_t rows,
                std::byte *packed) {
  assert(rows >= 0 && columns > 0);
  if (storage.hasSuperBlocks())
    encodeSuperRows(storage, columns, values, rows, packed);
  else if (storage.isBlock())
    return encodeBlocks(normalized(storage), columns, values, rows, packed);
  else
    encodeDense(normalized(storage), columns, values, rows, packed);
  return true;
}

bool transcodeRows(const Storage &from, const std::byte *matrix, int64_t begin, int64_t end,
                   const Storage &to, std::byte *packed, int64_t columns) {
  assert(0 <= begin && begin <= end && columns > 0);
  if (from.sameNumbers(to)) {
    if (from.hasSuperBlocks())
      rearrangeSuperRows(from, matrix, begin, end, to, packed, columns);
    else
      rearrange(normalized(from), matrix, begin, end, normalized(to), packed, columns);
    return true;
  }
  // Some tiles at a time, about as many values as fit the second-level cache.
  int64_t tile = normalized(to).arrangement.rows;
  int64_t step = std::max<int64_t>(1, (int64_t(1) << 16) / columns / tile) * tile;
  std::vector<float> values(std::min(step, end - begin) * columns);
  bool held = true;
  for (int64_t row = begin; row < end; row += step) {
    int64_t last = std::min(end, row + step);
    decodeRows(from, columns, matrix, row, last, values.data());
    held &=
        encodeRows(to, columns, values.data(), last - row, packed + to.bytes(row - begin, columns));
  }
  return held;
}

} // namespace weft
