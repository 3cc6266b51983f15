// Encodes f32 values as one block of a block format, and decodes them.
#pragma once

#include "ir/storage/Storage.h"

#include <vector>

namespace weft {

/// Encodes and decodes single blocks. It has scratch memory, so use one codec per thread.
///
/// The code bytes of a block are the same in every arrangement. 8-bit codes are in order. 4-bit
/// codes are paired: byte i has code i in its low half and code i + block/2 in its high half.
class BlockCodec {
public:
  explicit BlockCodec(const Storage &storage);

  /// Encodes `count` <= block values, followed by zero values, into codeBytes() bytes. Returns the
  /// scale, which is exactly representable in the scale's type.
  ///
  /// 8-bit codes: scale = max|x| / 127 rounded to its type, code = round(x / scale), ties to even.
  /// 4-bit codes, evenly spaced or with levels: of several scales, the one with the least squared
  /// error after rounding. The candidates are the scale of GGUF, which maps the value m of the
  /// largest magnitude to the level of the largest magnitude, and the least-squares scales of the
  /// codes that neighbouring maps give.
  ///
  /// 8-bit scales have few values: all those near the largest magnitude are tried, with both signs.
  ///
  /// A scale beyond the range of its type is clamped to the largest value; infinities and NaN give
  /// codes at the ends of the range.
  float encode(const float *values, size_t count, uint8_t *codes);

  /// Returns whether the scales' type could represent every scale that encode() found; if not,
  /// values were clipped.
  bool heldAll() const { return held; }

  /// Decodes the first `count` <= block values to `values`.
  void decode(const uint8_t *codes, float scale, size_t count, float *values) const;

  /// Returns the sum of all codes of a block, including those of padding. Not for formats with
  /// levels.
  int32_t sumOfCodes(const uint8_t *codes) const;

  size_t codeBytes() const { return size_t(block) * bits / 8; }

private:
  float plainScale(float largest) const;
  float searchedScale(float largest) const;
  /// Fills `chosen` with code - bias of every value; returns the squared error.
  float quantize(float scale, std::vector<int16_t> &chosen) const;
  /// The least-squares scale for the levels nearest to inverse * x, and a score of the fit.
  struct Fit {
    float score = 0, scale = 0;
  };
  Fit fitLevels(float inverse) const;
  float searchedScaleOfLevels(float largest) const;
  /// Encodes with 8-bit scales; leaves the codes in `plainLevels`.
  float encodeWithFewScales(float largest);
  float quantizeToLevels(float scale, std::vector<int16_t> &codes) const;
  /// Returns the code whose level is nearest to x.
  int nearestCode(float x) const;
  void store(const std::vector<int16_t> &chosen, uint8_t *codes) const;

  unsigned bits, block;
  int bias;
  bool held = true;
  Scalar scaleType;
  /// The range of code - bias, or of the levels.
  int low, high;
  /// The values of the block, padded with zeros to whole vectors.
  std::vector<float> padded;
  std::vector<int16_t> plainLevels, searchedLevels;
  /// Both are empty without levels. `levels` are the 16 levels in units of a scale, `nearest` has
  /// the nearest code for every integer from -128 to 127.
  std::vector<float> levels;
  std::vector<uint8_t> nearest;
};

} // namespace weft
