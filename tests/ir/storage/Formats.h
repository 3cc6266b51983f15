// All kinds of formats at awkward sizes, and the layout formulas of Storage.h written out
// element by element.
#pragma once

#include "ir/storage/ScalarConversion.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace weft::test {

inline Storage blocks(Scalar scale, unsigned bits, unsigned block, int bias) {
  return {scale, bits, block, bias, {}};
}

inline std::vector<Storage> rowFormats() {
  std::vector<Storage> formats;
  for (Scalar scalar : {Scalar::F32, Scalar::F16, Scalar::BF16}) {
    formats.push_back(Storage::dense(scalar));
    formats.push_back(blocks(scalar, 4, 32, 8));
    formats.push_back(blocks(scalar, 4, 32, 0));
    formats.push_back(blocks(scalar, 4, 6, 8));
    formats.push_back(Storage::normal4(64, scalar));
    formats.push_back(blocks(scalar, 8, 32, 0));
    formats.push_back(blocks(scalar, 8, 32, 128));
    formats.push_back(blocks(scalar, 8, 10, 0));
  }
  formats.push_back(Storage::normal4(32, Scalar::F8));
  return formats;
}

inline std::vector<Arrangement> arrangements() {
  using Kind = Arrangement::Kind;
  return {{Kind::Rows, 1, 1},  {Kind::Split, 1, 1}, {Kind::Tiled, 1, 1}, {Kind::Tiled, 16, 1},
          {Kind::Tiled, 8, 4}, {Kind::Tiled, 3, 2}, {Kind::Tiled, 5, 8}};
}

struct Size {
  int64_t rows, columns;
};
inline const Size awkwardSizes[] = {{1, 1}, {1, 100}, {31, 33}, {33, 31}, {7, 127}, {16, 64}};

/// Where an element's code or scalar, and its scale, stand, by the text of Storage.h.
struct Place {
  int64_t byte;
  /// 0 or 4 for 4-bit codes.
  int shift = 0;
  int64_t scale = -1, sum = -1;
};

inline Place placeOf(const Storage &s, int64_t columns, int64_t r, int64_t k) {
  int64_t scalar = bitsOf(s.scalar) / 8;
  const Arrangement &a = s.arrangement;
  int64_t R = a.rows, D = a.depth;
  bool tiled = a.kind == Arrangement::Kind::Tiled;
  if (!s.isBlock()) {
    int64_t groups = (columns + D - 1) / D;
    int64_t index =
        tiled ? ((r / R) * groups + k / D) * R * D + (r % R) * D + k % D : r * columns + k;
    return {index * scalar};
  }
  int64_t blocks = (columns + s.block - 1) / s.block, b = k / s.block;
  int64_t code = k % s.block, codeBytes = int64_t(s.block) * s.bits / 8;
  int shift = 0;
  if (s.bits == 4) {
    shift = code >= s.block / 2 ? 4 : 0;
    code %= s.block / 2;
  }
  if (a.kind == Arrangement::Kind::Rows) {
    int64_t begin = (r * blocks + b) * (scalar + codeBytes);
    return {begin + scalar + code, shift, begin};
  }
  if (a.kind == Arrangement::Kind::Split) {
    int64_t row = r * blocks * (codeBytes + scalar + 4);
    return {row + b * codeBytes + code, shift, row + blocks * codeBytes + b * scalar,
            row + blocks * (codeBytes + scalar) + b * 4};
  }
  int64_t groups = (codeBytes + D - 1) / D, blockBytes = groups * D * R;
  int64_t tile = r / R * blocks * (blockBytes + R * scalar);
  int64_t together = std::max<int64_t>(1, 64 / (R * scalar)), first = b / together * together;
  int64_t group = tile + first * (blockBytes + R * scalar);
  int64_t count = std::min(together, blocks - first);
  return {group + count * R * scalar + (b - first) * blockBytes + (code / D) * R * D + (r % R) * D +
              code % D,
          shift, group + ((b - first) * R + r % R) * scalar};
}

inline float scalarAt(Scalar type, const std::byte *bytes) {
  float value;
  readScalars(type, bytes, 1, &value);
  return value;
}

/// The code of an element, as an integer of its range.
inline int codeAt(const Storage &s, int64_t columns, const std::vector<std::byte> &matrix,
                  int64_t r, int64_t k) {
  Place place = placeOf(s, columns, r, k);
  int code = std::to_integer<int>(matrix.at(place.byte));
  if (s.bits == 4)
    code = code >> place.shift & 15;
  int half = 1 << (s.bits - 1);
  return s.bias == 0 && code >= half ? code - 2 * half : code;
}

inline float valueAt(const Storage &s, int64_t columns, const std::vector<std::byte> &matrix,
                     int64_t r, int64_t k) {
  Place place = placeOf(s, columns, r, k);
  if (!s.isBlock())
    return scalarAt(s.scalar, &matrix.at(place.byte));
  float level =
      s.hasLevels()
          ? s.levels[std::to_integer<int>(matrix.at(place.byte)) >> place.shift & 15] / 128.0f
          : codeAt(s, columns, matrix, r, k) - s.bias;
  return scalarAt(s.scalar, &matrix.at(place.scale)) * level;
}

inline std::vector<float> gaussian(int64_t count, unsigned seed, float deviation = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(random);
  return values;
}

} // namespace weft::test
