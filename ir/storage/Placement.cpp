#include "ir/storage/Placement.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace weft {

static int64_t roundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

Placement::Placement(const Storage &storage, int64_t columns, int64_t pieceColumns)
    : block(storage.isBlock()),
      split(block && storage.arrangement.kind == Arrangement::Kind::Split), columns(columns),
      columnsOfPiece(block ? storage.block : pieceColumns),
      pieceCount((columns + columnsOfPiece - 1) / columnsOfPiece),
      scalarBytes(bitsOf(storage.scalar) / 8), piecesOfGroup(std::max<int64_t>(1, pieceCount)) {
  // What a piece of one row takes, and its chunk of consecutive bytes.
  int64_t depth = storage.arrangement.depth;
  bool tiled = storage.arrangement.kind == Arrangement::Kind::Tiled;
  bytesOfCodes = block ? int64_t(storage.block) * storage.bits / 8 : columnsOfPiece * scalarBytes;
  if (!tiled) {
    tileBytes = storage.rowBytes(columns);
    codes = {block && !split ? scalarBytes : 0, 0, bytesOfCodes};
    if (!block)
      return;
    if (!split) {
      codes.pieceStep = scales.pieceStep = bytesOfCodes + scalarBytes;
      return;
    }
    scales = {pieceCount * bytesOfCodes, 0, scalarBytes};
    sums = {pieceCount * (bytesOfCodes + scalarBytes), 0, sizeof(int32_t)};
    return;
  }
  rowsOfTile = storage.arrangement.rows;
  tileBytes = storage.bytes(1, columns);
  chunkBytes = block ? depth : depth * scalarBytes;
  chunkStep = rowsOfTile * chunkBytes;
  assert(block || columnsOfPiece % depth == 0);
  int64_t paddedCodes = block ? roundUp(bytesOfCodes, depth) : bytesOfCodes;
  gaps = block ? paddedCodes != bytesOfCodes : columns % depth != 0;
  codes = {0, chunkBytes, rowsOfTile * paddedCodes};
  if (!block)
    return;
  // Scales of a group, then codes.
  piecesOfGroup = storage.blocksTogether();
  groupBytes = piecesOfGroup * rowsOfTile * (paddedCodes + scalarBytes);
  lastGroup = (pieceCount - 1) / piecesOfGroup;
  int64_t piecesOfLast = pieceCount - lastGroup * piecesOfGroup;
  scales = {0, scalarBytes, rowsOfTile * scalarBytes};
  codes.base = piecesOfGroup * rowsOfTile * scalarBytes;
  codes.lastBase = piecesOfLast * rowsOfTile * scalarBytes;
}

int64_t Placement::pieceLength(int64_t piece) const {
  return std::min(columnsOfPiece, columns - piece * columnsOfPiece);
}

int64_t Placement::codeBytes(int64_t piece) const {
  return block ? bytesOfCodes : pieceLength(piece) * scalarBytes;
}

namespace {

/// Copies `count` bytes in chunks; a known chunk size makes each copy one move.
template <int64_t chunk>
void copyChunks(const std::byte *from, int64_t fromStep, std::byte *to, int64_t toStep,
                int64_t count) {
  int64_t whole = count / chunk;
  for (int64_t i = 0; i < whole; ++i)
    std::memcpy(to + i * toStep, from + i * fromStep, chunk);
  if (count % chunk != 0)
    std::memcpy(to + whole * toStep, from + whole * fromStep, count % chunk);
}

void copyChunks(int64_t chunk, const std::byte *from, int64_t fromStep, std::byte *to,
                int64_t toStep, int64_t count) {
  switch (chunk) {
  case 1:
    return copyChunks<1>(from, fromStep, to, toStep, count);
  case 2:
    return copyChunks<2>(from, fromStep, to, toStep, count);
  case 4:
    return copyChunks<4>(from, fromStep, to, toStep, count);
  case 8:
    return copyChunks<8>(from, fromStep, to, toStep, count);
  case 16:
    return copyChunks<16>(from, fromStep, to, toStep, count);
  }
  for (; count > 0; count -= chunk, from += fromStep, to += toStep)
    std::memcpy(to, from, std::min(chunk, count));
}

} // namespace

void Placement::gatherCodes(const std::byte *matrix, int64_t row, int64_t piece,
                            std::byte *to) const {
  const std::byte *from = matrix + codesAt(row, piece);
  if (contiguous())
    std::memcpy(to, from, codeBytes(piece));
  else
    copyChunks(chunkBytes, from, chunkStep, to, chunkBytes, codeBytes(piece));
}

void Placement::scatterCodes(const std::byte *from, int64_t row, int64_t piece,
                             std::byte *matrix) const {
  std::byte *to = matrix + codesAt(row, piece);
  if (contiguous())
    std::memcpy(to, from, codeBytes(piece));
  else
    copyChunks(chunkBytes, from, chunkBytes, to, chunkStep, codeBytes(piece));
}

} // namespace weft
