// How the numbers of a matrix lie in memory. A format is data: bits of a code, block
// length, type of the scale, bias, and arrangement. Packing, unpacking, sizes and the
// kernels that read a format are all derived from these few fields.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weft {

/// Floating-point types that occur in storage.
enum class Scalar : uint8_t {
  F32,
  F16,
  BF16,
  /// Scales of blocks only. Sign, 4 bits of exponent with a bias of 11, 3 of mantissa: up to
  /// 30, at full precision down to 2^-10, in steps of 2^-13 below; no infinities, and the code
  /// of -0 is NaN (LLVM's Float8E4M3B11FNUZ).
  F8
};

unsigned bitsOf(Scalar type);
const char *nameOf(Scalar type);

/// Where the elements of a matrix stand.
struct Arrangement {
  enum class Kind : uint8_t {
    /// Row-major; in a block format each block is [scale | codes], each super-block what
    /// its format says (GGUF's order).
    Rows,
    /// Each row is [all codes | all scales | of each block the sum of its codes times
    /// -128, i32]: activations that a kernel quantized. The sums are what a product with
    /// weights that were made unsigned by a bias of 128 starts from.
    Split,
    /// `rows` rows interleaved, `depth` consecutive elements of a row kept together:
    /// element (r, k) of a dense matrix with K columns stands at index
    /// ((r / rows) * ceil(K / depth) + k / depth) * rows * depth + (r % rows) * depth + k % depth.
    /// In a block format a tile of `rows` rows is groups of blocksTogether() blocks, the
    /// last of which may have fewer: [scales, `rows` for each block | codes of its blocks].
    /// So a kernel reads one stream, which is what memory is fastest at, and whole cache
    /// lines of it. The codes of one block are laid out by the formula above; 4-bit codes
    /// are paired first: byte i of a row's block holds code i in its low half and code
    /// i + block/2 in its high half.
    /// 6-bit codes have their low halves paired so, and behind those, byte i of the row's
    /// block holds the upper two bits of the codes i, i + block/4, i + block/2 and
    /// i + 3*block/4, the first in its lowest bits.
    /// With super-blocks, a group is one of them and all else of it stands before the
    /// codes, so that it is read from its begin to its end (SuperTile in SuperBlock.h).
    /// Rows past the last one are zero.
    Tiled,
  };
  Kind kind = Kind::Rows;
  unsigned rows = 1;
  unsigned depth = 1;

  bool operator==(const Arrangement &) const = default;
};

/// What the codes 0 to 15 stand for where they are not evenly spaced, in units of 1/128, so
/// that a scale is about the largest magnitude of its block.
using Levels = std::array<int8_t, 16>;

/// Close together where weights are many: the 16 levels of least squared error, found by
/// Lloyd's iteration on Gaussian blocks of 64 with the best scale for each. On such
/// blocks the error is 0.081 of the norm, that of evenly spaced levels 0.090; on blocks of 32
/// it is 0.073 and 0.081.
inline constexpr Levels normalLevels = {-127, -97, -76, -59, -45, -32, -20, -9,
                                        2,    13,  24,  35,  48,  63,  80,  104};

/// The format of a matrix of logical f32 values, [rows, columns].
///
/// Dense (`bits == 0`): every element is a `scalar`.
/// Block (`bits` is 4 or 8, 6 with super-blocks): a row is cut into blocks of `block` elements, the
/// last one padded with zero values; element = scale * (code - bias). Codes are unsigned where bias
/// > 0 and two's complement where it is 0; `scalar` is the type of the scale. GGUF's Q8_0 is {F16,
/// 8, 32, 0, Rows}, Q4_0 is {F16, 4, 32, 8, Rows}. Block with levels (`bits` is 4, bias 0): element
/// = scale * (levels[code] / 128). Super-blocks (`super` > 0): `super` blocks share one scale, and
/// each has a sub-scale of 8 bits beside it; element = (scale * sub-scale) * (code - bias). With
/// `mins`, each block also has a minimum of 8 bits, and the super-block a second scale for them:
/// element = (scale * sub-scale) * code - (scale of minima * minimum), where codes, sub-scales and
/// minima are unsigned; without, sub-scales are two's complement. Both formulas are in f32,
/// every operation rounded. Rows are whole super-blocks. Which formats there are, and what
/// they are in rows, is a table in SuperBlockFormats.cpp.
struct Storage {
  Scalar scalar = Scalar::F32;
  unsigned bits = 0;
  unsigned block = 0;
  int bias = 0;
  Arrangement arrangement;
  /// Growing; all 0: none, codes are evenly spaced.
  Levels levels{};
  unsigned super = 0;
  bool mins = false;

  static Storage dense(Scalar scalar) { return {scalar, 0, 0, 0, {}}; }
  static Storage q8(Scalar scale = Scalar::F16) { return {scale, 8, 32, 0, {}}; }
  static Storage q4(Scalar scale = Scalar::F16) { return {scale, 4, 32, 8, {}}; }
  static Storage normal4(unsigned block, Scalar scale = Scalar::F16) {
    return {scale, 4, block, 0, {}, normalLevels};
  }
  /// GGUF's K-quants.
  static Storage q4K() { return {Scalar::F16, 4, 32, 0, {}, {}, 8, true}; }
  static Storage q6K() { return {Scalar::F16, 6, 16, 32, {}, {}, 16, false}; }

  bool isBlock() const { return bits != 0; }
  bool hasLevels() const { return levels.back() != levels.front(); }
  bool hasSuperBlocks() const { return super != 0; }
  /// Elements of which a row is a multiple, 1 where any number will do.
  int64_t rowMultiple() const { return hasSuperBlocks() ? int64_t(block) * super : 1; }
  /// The same numbers in another arrangement.
  Storage arranged(Arrangement to) const {
    Storage result = *this;
    result.arrangement = to;
    return result;
  }
  /// Whether the codes and scales (or scalars) are the same bits, wherever they stand.
  bool sameNumbers(const Storage &other) const { return arranged({}) == other.arranged({}); }
  bool operator==(const Storage &) const = default;

  int64_t blocksPerRow(int64_t columns) const;
  /// Tiled blocks: as many as have a cache line of scales (64 bytes), but at least one.
  int64_t blocksTogether() const;
  /// Bytes of one row; not for Tiled.
  int64_t rowBytes(int64_t columns) const;
  /// Bytes of a whole matrix, padding included. Does not overflow for sizes below 2^62.
  int64_t bytes(int64_t rows, int64_t columns) const;
  /// "f32", "bf16", "q8" or "q4" with its scale type, for people: "q4 (block 32, f16)",
  /// "q4 (levels, block 64, f16)", "q4_K (block 32, super-block 256, f16)".
  std::string describe() const;
};

} // namespace weft
