// Byte offsets in a stored matrix: the formulas of Storage.h in one affine form.
#pragma once

#include "ir/storage/Storage.h"

#include <cstddef>
#include <cstdint>

namespace weft {

/// Divides every row of a matrix into pieces and gives the offsets of the components (codes,
/// scales, sums) of each. A piece of a block format is a block; a piece of a dense format is
/// `pieceColumns` elements, so that tiles can be processed a few cache lines at a time.
class Placement {
public:
  /// `pieceColumns` is used for dense formats only and must be a multiple of the arrangement's
  /// depth.
  Placement(const Storage &storage, int64_t columns, int64_t pieceColumns);

  /// The offset of one component of a piece: offset = tile * tileBytes + group * groupBytes + base
  /// + row * rowStep + piece * pieceStep, with the row counted within its tile and the piece within
  /// its group. The base may differ in the last group.
  struct Part {
    int64_t base = 0, rowStep = 0, pieceStep = 0, lastBase = base;
  };

  int64_t pieces() const { return pieceCount; }
  int64_t pieceBegin(int64_t piece) const { return piece * columnsOfPiece; }
  /// Returns the number of columns of the matrix in a piece; the last piece may have fewer.
  int64_t pieceLength(int64_t piece) const;
  /// Returns the code or scalar bytes of a piece; block formats always have whole blocks.
  int64_t codeBytes(int64_t piece) const;

  /// Copies the code bytes of a piece out of a matrix, in order.
  void gatherCodes(const std::byte *matrix, int64_t row, int64_t piece, std::byte *codes) const;
  /// Copies the code bytes of a piece, in order, into a matrix.
  void scatterCodes(const std::byte *codes, int64_t row, int64_t piece, std::byte *matrix) const;

  /// Returns whether the codes of a piece are contiguous and in order, so that they can be used in
  /// place.
  bool contiguous() const { return chunkStep == chunkBytes; }
  /// The offsets of the codes, the scale and the sum of a piece.
  int64_t codesAt(int64_t row, int64_t piece) const { return at(codes, row, piece); }
  int64_t scaleAt(int64_t row, int64_t piece) const { return at(scales, row, piece); }
  int64_t sumAt(int64_t row, int64_t piece) const { return at(sums, row, piece); }
  bool hasScales() const { return block; }
  bool hasSums() const { return split; }

  /// Returns whether any row has padding bytes between the bytes of its elements.
  bool hasGaps() const { return gaps; }
  int64_t tileRows() const { return rowsOfTile; }

private:
  int64_t at(const Part &part, int64_t row, int64_t piece) const {
    int64_t group = piece / piecesOfGroup;
    int64_t base = group == lastGroup ? part.lastBase : part.base;
    return row / rowsOfTile * tileBytes + group * groupBytes + base +
           row % rowsOfTile * part.rowStep + piece % piecesOfGroup * part.pieceStep;
  }

  bool block, split;
  int64_t columns, columnsOfPiece, pieceCount, scalarBytes, bytesOfCodes = 0;
  int64_t rowsOfTile = 1, tileBytes = 0;
  /// There is one group unless blocks are tiled.
  int64_t piecesOfGroup, groupBytes = 0, lastGroup = 0;
  /// Code bytes are in chunks of `chunkBytes`, whose beginnings are `chunkStep` bytes apart.
  int64_t chunkBytes = 1, chunkStep = 1;
  bool gaps = false;
  Part codes, scales, sums;
};

} // namespace weft
