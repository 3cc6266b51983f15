// Where the bytes of a stored matrix stand: the formulas of Storage.h in one affine form.
#pragma once

#include "ir/storage/Storage.h"

#include <cstddef>
#include <cstdint>

namespace weft {

/// Cuts every row of a matrix into pieces and says where the parts of each stand. A piece
/// of a block format is a block; a piece of a dense one is `pieceColumns` elements, so
/// that tiles can be worked on a few cache lines at a time.
class Placement {
public:
  /// `pieceColumns`, for dense formats only, is a multiple of the arrangement's depth.
  Placement(const Storage &storage, int64_t columns, int64_t pieceColumns);

  /// The parts of a piece: offset = tile * tileBytes + group * groupBytes + base +
  /// row * rowStep + piece * pieceStep, with the row counted within its tile and the piece
  /// within its group. In the last group the base may be another.
  struct Part {
    int64_t base = 0, rowStep = 0, pieceStep = 0, lastBase = base;
  };

  int64_t pieces() const { return pieceCount; }
  int64_t pieceBegin(int64_t piece) const { return piece * columnsOfPiece; }
  /// Columns of the matrix in a piece: the last one may have fewer.
  int64_t pieceLength(int64_t piece) const;
  /// Code or scalar bytes of a piece; block formats have those of whole blocks.
  int64_t codeBytes(int64_t piece) const;

  /// Copies the code bytes of a piece out of a matrix, in order.
  void gatherCodes(const std::byte *matrix, int64_t row, int64_t piece, std::byte *codes) const;
  /// Copies the code bytes of a piece, in order, into a matrix.
  void scatterCodes(const std::byte *codes, int64_t row, int64_t piece, std::byte *matrix) const;

  /// Whether codes of a piece stand in order, so that they can be used in place.
  bool contiguous() const { return chunkStep == chunkBytes; }
  int64_t codesAt(int64_t row, int64_t piece) const { return at(codes, row, piece); }
  int64_t scaleAt(int64_t row, int64_t piece) const { return at(scales, row, piece); }
  int64_t sumAt(int64_t row, int64_t piece) const { return at(sums, row, piece); }
  bool hasScales() const { return block; }
  bool hasSums() const { return split; }

  /// Whether bytes of no element stand between those of elements, in every row.
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
  /// One group unless blocks are tiled.
  int64_t piecesOfGroup, groupBytes = 0, lastGroup = 0;
  /// Code bytes stand in chunks of `chunkBytes`, `chunkStep` bytes apart.
  int64_t chunkBytes = 1, chunkStep = 1;
  bool gaps = false;
  Part codes, scales, sums;
};

} // namespace weft
