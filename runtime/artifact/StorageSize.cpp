#include "runtime/artifact/StorageSize.h"

#include <fmt/format.h>

namespace weft {

using schema::ArrangementKind;
using schema::Scalar;

static uint64_t scalarBytes(Scalar scalar) {
  if (scalar == Scalar::F8)
    return 1;
  return scalar == Scalar::F32 ? 4 : 2;
}

static Result<void> verifyArrangement(const schema::Storage &storage) {
  if (storage.arrangement() > ArrangementKind::MAX)
    return fail(fmt::format("expected an arrangement of rows, split or tiled, found number {}",
                            static_cast<unsigned>(storage.arrangement())));
  if (storage.arrangement() == ArrangementKind::Split && storage.bits() == 0)
    return fail("expected a block format where codes and scales are split, found a dense one");
  if (storage.arrangement() != ArrangementKind::Tiled)
    return {};
  if (storage.rows() == 0 || storage.depth() == 0)
    return fail(fmt::format("expected a tile of at least 1x1, found {}x{}", storage.rows(),
                            storage.depth()));
  unsigned codeBytes = storage.block() * storage.bits() / 8;
  if (codeBytes % storage.depth() != 0)
    return fail(fmt::format("expected a tile depth that divides the {} bytes of a block, found {}",
                            codeBytes, storage.depth()));
  return {};
}

static Result<void> verifySuperBlocks(const schema::Storage &storage) {
  if (storage.scalar() != Scalar::F16 || storage.arrangement() != ArrangementKind::Tiled)
    return fail("expected super-blocks with scales of f16 in tiles, found other ones");
  if (storage.bits() != 4 && storage.bits() != 6)
    return fail(
        fmt::format("expected codes of 4 or 6 bits in super-blocks, found {}", storage.bits()));
  if (storage.block() == 0 || storage.block() % 16 != 0)
    return fail(fmt::format("expected a block length that is a multiple of 16 in super-blocks, "
                            "found {}",
                            storage.block()));
  return {};
}

Result<void> verifyStorage(const schema::Storage &storage, SuperBlocks blocks) {
  // No weight is of i32, which has a number for what was never made.
  if (storage.scalar() > Scalar::MAX || storage.scalar() == Scalar::I32)
    return fail(fmt::format("expected a scalar of f32, f16, bf16 or f8E4M3B11FNUZ, found number {}",
                            static_cast<unsigned>(storage.scalar())));
  if (storage.bits() == 0) {
    if (storage.scalar() == Scalar::F8)
      return fail("expected f8E4M3B11FNUZ as the scale of blocks only, found a dense format of it");
    if (storage.block() != 0 || storage.bias() != 0)
      return fail(fmt::format("expected no block and no bias in a dense format, found {} and {}",
                              storage.block(), storage.bias()));
    return verifyArrangement(storage);
  }
  if (blocks.super != 0) {
    if (auto verified = verifySuperBlocks(storage); !verified)
      return verified;
  } else if (storage.bits() != 4 && storage.bits() != 8)
    return fail(fmt::format("expected codes of 4 or 8 bits, found {}", storage.bits()));
  if (storage.block() == 0 || storage.block() % 2 != 0)
    return fail(fmt::format("expected an even block length, found {}", storage.block()));
  if (storage.bias() < 0 || storage.bias() >= 1 << storage.bits())
    return fail(fmt::format("expected a bias of 0 to {}, found {}", (1 << storage.bits()) - 1,
                            storage.bias()));
  return verifyArrangement(storage);
}

Checked storageBytes(const schema::Storage &storage, uint64_t rows, uint64_t columns,
                     SuperBlocks blocks) {
  bool tiled = storage.arrangement() == ArrangementKind::Tiled;
  Checked allRows =
      tiled ? Checked(ceilDivide(rows, storage.rows())) * storage.rows() : Checked(rows);
  uint64_t scalar = scalarBytes(storage.scalar());
  if (storage.bits() == 0) {
    Checked allColumns =
        tiled ? Checked(ceilDivide(columns, storage.depth())) * storage.depth() : Checked(columns);
    return allRows * allColumns * scalar;
  }
  if (blocks.super != 0) {
    uint64_t numbers = blocks.mins ? 2 : 1;
    uint64_t block = uint64_t(storage.block()) * storage.bits() / 8 + numbers;
    return allRows * ceilDivide(columns, uint64_t(storage.block()) * blocks.super) *
           (blocks.super * block + numbers * scalar);
  }
  uint64_t sum = storage.arrangement() == ArrangementKind::Split ? sizeof(int32_t) : 0;
  uint64_t blockBytes = uint64_t(storage.block()) * storage.bits() / 8 + scalar + sum;
  return allRows * ceilDivide(columns, storage.block()) * blockBytes;
}

} // namespace weft
