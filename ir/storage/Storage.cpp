#include "ir/storage/Storage.h"

#include "ir/storage/SuperBlock.h"

#include <cassert>

namespace weft {

unsigned bitsOf(Scalar type) { return type == Scalar::F32 ? 32 : type == Scalar::F8 ? 8 : 16; }

const char *nameOf(Scalar type) {
  switch (type) {
  case Scalar::F32:
    return "f32";
  case Scalar::F16:
    return "f16";
  case Scalar::BF16:
    return "bf16";
  case Scalar::F8:
    return "f8E4M3B11FNUZ";
  }
  return "unknown";
}

namespace {

/// Not (a + b - 1) / b, which overflows near the largest value.
int64_t ceilDivide(int64_t a, int64_t b) { return a / b + (a % b != 0); }

int64_t scalarBytes(const Storage &storage) { return bitsOf(storage.scalar) / 8; }

/// Bytes of the codes of one block of one row.
int64_t blockCodeBytes(const Storage &storage) {
  return ceilDivide(int64_t(storage.block) * storage.bits, 8);
}

} // namespace

int64_t Storage::blocksPerRow(int64_t columns) const {
  assert(isBlock() && block != 0 && columns >= 0);
  return ceilDivide(columns, block);
}

int64_t Storage::blocksTogether() const {
  int64_t scales = arrangement.rows * scalarBytes(*this);
  return scales < 64 ? 64 / scales : 1;
}

int64_t Storage::rowBytes(int64_t columns) const {
  assert(arrangement.kind != Arrangement::Kind::Tiled && "rows of a tile are interleaved");
  if (!isBlock())
    return columns * scalarBytes(*this);
  if (hasSuperBlocks())
    return ceilDivide(columns, rowMultiple()) * superBlockFormat(*this).bytes;
  int64_t perBlock = blockCodeBytes(*this) + scalarBytes(*this);
  if (arrangement.kind == Arrangement::Kind::Split)
    perBlock += sizeof(int32_t);
  return blocksPerRow(columns) * perBlock;
}

int64_t Storage::bytes(int64_t rows, int64_t columns) const {
  if (arrangement.kind != Arrangement::Kind::Tiled)
    return rows * rowBytes(columns);
  assert(arrangement.rows != 0 && arrangement.depth != 0);
  int64_t tiles = ceilDivide(rows, arrangement.rows);
  // What one row takes of a tile: its elements, or the bytes of its codes, are cut into
  // groups of `depth`, of which the last may be padded.
  int64_t depth = arrangement.depth;
  int64_t rowOfTile;
  if (hasSuperBlocks())
    return tiles * ceilDivide(columns, rowMultiple()) * SuperTile(*this).bytes;
  if (isBlock())
    rowOfTile = blocksPerRow(columns) *
                (ceilDivide(blockCodeBytes(*this), depth) * depth + scalarBytes(*this));
  else
    rowOfTile = ceilDivide(columns, depth) * depth * scalarBytes(*this);
  return tiles * arrangement.rows * rowOfTile;
}

std::string Storage::describe() const {
  std::string text;
  if (isBlock()) {
    text = "q" + std::to_string(bits) + (hasSuperBlocks() ? "_K" : "") +
           (hasLevels() ? " (levels, block " : " (block ") + std::to_string(block) +
           (hasSuperBlocks() ? ", super-block " + std::to_string(rowMultiple()) : "") + ", " +
           nameOf(scalar) + ")";
  } else {
    text = nameOf(scalar);
  }
  switch (arrangement.kind) {
  case Arrangement::Kind::Rows:
    return text;
  case Arrangement::Kind::Split:
    return text + ", split";
  case Arrangement::Kind::Tiled:
    return text + ", tiled " + std::to_string(arrangement.rows) + "x" +
           std::to_string(arrangement.depth);
  }
  return text;
}

} // namespace weft
