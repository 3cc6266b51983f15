// How the numbers of a matrix are encoded and laid out in memory. A format is data: bits of a code,
// block length, type of the scale, bias, and arrangement. Packing, unpacking, sizes and the kernels
// that read a format are all derived from these fields.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace weft {

/// The floating-point types of storage.
enum class Scalar : uint8_t {
  F32,
  F16,
  BF16,
  /// Only for scales of blocks. It has a sign, 4 bits of exponent with a bias of 11, and 3 bits of
  /// mantissa: values up to 30, with full precision down to 2^-10 and in steps of 2^-13 below.
  /// There are no infinities, and the code of -0 is NaN (LLVM's Float8E4M3B11FNUZ).
  F8
};

unsigned bitsOf(Scalar type);
const char *nameOf(Scalar type);

/// The order of the elements of a matrix in memory.
struct Arrangement {
  enum class Kind : uint8_t {
    /// Row-major. In a block format each block is [scale | codes], and each super-block has GGUF's
    /// order.
    Rows,
    /// Each row is [all codes | all scales | for each block the sum of its codes times -128, i32].
    /// This is for activations that a kernel quantized. A product starts its sums from these if the
    /// weights were made unsigned by a bias of 128.
    Split,
    /// `rows` rows are interleaved, with `depth` consecutive elements of a row contiguous. Rows
    /// after the last one are zero. Element (r, k) of a dense matrix with K columns is at index
    /// ((r / rows) * ceil(K / depth) + k / depth) * rows * depth + (r % rows) * depth + k % depth.
    ///
    /// In a block format, a tile of `rows` rows consists of groups of blocksTogether() blocks; the
    /// last group may have fewer. A group is [scales, `rows` for each block | codes of its blocks].
    /// So a kernel reads one stream of whole cache lines, which is the fastest way to read memory.
    /// The codes of one block are laid out by the formula above. 4-bit codes are paired first: byte
    /// i of a row's block has code i in its low half and code i + block/2 in its high half. 6-bit
    /// codes have their low four bits paired in the same way; after these, byte i of the row's
    /// block has the upper two bits of the codes i, i + block/4, i + block/2 and i + 3*block/4, the
    /// first in its lowest bits.
    ///
    /// With super-blocks, a group is one super-block, and its other fields precede the codes, so
    /// that it is read from start to end (SuperTile in SuperBlock.h).
    Tiled,
  };
  Kind kind = Kind::Rows;
  unsigned rows = 1;
  unsigned depth = 1;

  bool operator==(const Arrangement &) const = default;
};

/// The values of the codes 0 to 15 in units of 1/128, for formats whose codes are not evenly
/// spaced. A scale is then about the largest magnitude of its block.
using Levels = std::array<int8_t, 16>;

/// The 16 levels of least squared error for Gaussian weights, which are dense where weights are
/// frequent. They were found by Lloyd's iteration on Gaussian blocks of 64 with the best scale for
/// each. On such blocks the error is 0.081 of the norm, against 0.090 for evenly spaced levels; on
/// blocks of 32 it is 0.073 against 0.081.
inline constexpr Levels normalLevels = {-127, -97, -76, -59, -45, -32, -20, -9,
                                        2,    13,  24,  35,  48,  63,  80,  104};

/// The format of a matrix of logical f32 values, [rows, columns].
///
/// - Dense (`bits == 0`): every element is a `scalar`.
/// - Block (`bits` is 4 or 8, 6 with super-blocks): a row is divided into blocks of `block`
///   elements, the last one padded with zero values; element = scale * (code - bias). Codes are
///   unsigned if bias > 0 and two's complement if it is 0; `scalar` is the type of the scale.
///   GGUF's Q8_0 is {F16, 8, 32, 0, Rows}, Q4_0 is {F16, 4, 32, 8, Rows}.
/// - Block with levels (`bits` is 4, bias 0): element = scale * (levels[code] / 128).
/// - Super-blocks (`super` > 0): `super` blocks share one scale, and each has a sub-scale of 8
///   bits; element = (scale * sub-scale) * (code - bias), with two's complement sub-scales. With
///   `mins`, each block also has a minimum of 8 bits, and the super-block a second scale for the
///   minima: element = (scale * sub-scale) * code - (scale of minima * minimum), where codes,
///   sub-scales and minima are unsigned. Both formulas are in f32, every operation rounded. Rows
///   are whole super-blocks. SuperBlockFormats.cpp lists the formats and their layout in rows.
struct Storage {
  Scalar scalar = Scalar::F32;
  unsigned bits = 0;
  unsigned block = 0;
  int bias = 0;
  Arrangement arrangement;
  /// In growing order; all 0 if the codes are evenly spaced.
  Levels levels{};
  unsigned super = 0;
  bool mins = false;

  static Storage dense(Scalar scalar) { return {scalar, 0, 0, 0, {}}; }
  static Storage q8(Scalar scale = Scalar::F16) { return {scale, 8, 32, 0, {}}; }
  static Storage q4(Scalar scale = Scalar::F16) { return {scale, 4, 32, 8, {}}; }
  static Storage normal4(unsigned block, Scalar scale = Scalar::F16) {
    return {scale, 4, block, 0, {}, normalLevels};
  }
  /// The storage of GGUF's Q4_K and Q6_K.
  static Storage q4K() { return {Scalar::F16, 4, 32, 0, {}, {}, 8, true}; }
  static Storage q6K() { return {Scalar::F16, 6, 16, 32, {}, {}, 16, false}; }

  bool isBlock() const { return bits != 0; }
  bool hasLevels() const { return levels.back() != levels.front(); }
  bool hasSuperBlocks() const { return super != 0; }
  /// Returns the number of which the row length must be a multiple; 1 if any length is allowed.
  int64_t rowMultiple() const { return hasSuperBlocks() ? int64_t(block) * super : 1; }
  /// Returns the same encoding in another arrangement.
  Storage arranged(Arrangement to) const {
    Storage result = *this;
    result.arrangement = to;
    return result;
  }
  /// Returns whether the codes and scales (or scalars) have the same bits, whatever their order in
  /// memory.
  bool sameNumbers(const Storage &other) const { return arranged({}) == other.arranged({}); }
  bool operator==(const Storage &) const = default;

  int64_t blocksPerRow(int64_t columns) const;
  /// For tiled blocks: returns the number of blocks per group, as many as fill a cache line (64
  /// bytes) of scales, but at least one.
  int64_t blocksTogether() const;
  /// Returns the bytes of one row; not for Tiled.
  int64_t rowBytes(int64_t columns) const;
  /// Returns the bytes of a whole matrix, including padding. Does not overflow for sizes below
  /// 2^62.
  int64_t bytes(int64_t rows, int64_t columns) const;
  /// Returns a description for display: "f32", "bf16", "q8" or "q4" with the scale type, as in "q4
  /// (block 32, f16)", "q4 (levels, block 64, f16)", "q4_K (block 32, super-block 256, f16)".
  std::string describe() const;
};

} // namespace weft
