// One block of a block format: f32 values to a scale and codes, and back.
#pragma once

#include "ir/storage/Storage.h"

#include <vector>

namespace weft {

/// Encodes and decodes single blocks. Holds scratch memory: one codec a thread.
///
/// The code bytes of a block are the same in every arrangement: 8-bit codes in order;
/// 4-bit codes paired, byte i holding code i in its low half and code i + block/2 in its
/// high half.
class BlockCodec {
public:
  explicit BlockCodec(const Storage &storage);

  /// Encodes `count` <= block values, the rest being zero values, into codeBytes() bytes,
  /// and returns the scale, which the scale's type holds exactly.
  ///
  /// 8 bits: scale = max|x| / 127 rounded to its type, code = round(x / scale), ties to even.
  /// 4 bits, evenly spaced or with levels: of several scales (that of GGUF, which maps the
  /// value m of the largest magnitude to the level of the largest one, and the least-squares
  /// scales of the codes that neighbouring maps give) the one with the least squared error
  /// after rounding.
  ///
  /// Scales of 8 bits are few: all near the largest magnitude are tried, of both signs.
  ///
  /// A scale that its type cannot hold is clamped to the largest; infinities and NaN give
  /// codes at the ends of the range.
  float encode(const float *values, size_t count, uint8_t *codes);

  /// Whether every scale that encode() found could be held; if not, values were clipped.
  bool heldAll() const { return held; }

  /// The first `count` <= block values.
  void decode(const uint8_t *codes, float scale, size_t count, float *values) const;

  /// Sum of all codes of a block, those of padding included; not for levels.
  int32_t sumOfCodes(const uint8_t *codes) const;

  size_t codeBytes() const { return size_t(block) * bits / 8; }

private:
  float plainScale(float largest) const;
  float searchedScale(float largest) const;
  /// Fills `chosen` with code - bias of every value; returns the squared error.
  float quantize(float scale, std::vector<int16_t> &chosen) const;
  /// The least-squares scale of the levels next to inverse * x, and how good it is.
  struct Fit {
    float score = 0, scale = 0;
  };
  Fit fitLevels(float inverse) const;
  float searchedScaleOfLevels(float largest) const;
  /// With scales of 8 bits; leaves the codes in `plainLevels`.
  float encodeWithFewScales(float largest);
  float quantizeToLevels(float scale, std::vector<int16_t> &codes) const;
  /// The code whose level is the nearest to x.
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
  /// Empty, or 16 and, for every whole number from -128 to 127, the code nearest to it.
  std::vector<float> levels; // In units of a scale.
  std::vector<uint8_t> nearest;
};

} // namespace weft
