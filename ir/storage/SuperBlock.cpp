#include "ir/storage/SuperBlock.h"

#include "ir/storage/ScalarConversion.h"

#include <algorithm>
#include <cmath>
#include <span>

// The same input gives the same bytes on every machine: no fused multiplications.
#pragma STDC FP_CONTRACT OFF

namespace weft {

void decodeSuperBlock(const Storage &storage, const SuperBlock &from, float *values) {
  float scale = f32FromF16(from.scale), minScale = f32FromF16(from.minScale);
  for (unsigned b = 0; b < storage.super; ++b) {
    float step = scale * float(from.scales[b]), least = minScale * float(from.mins[b]);
    const uint8_t *codes = &from.codes[b * storage.block];
    float *to = values + b * storage.block;
    if (storage.mins) {
      for (unsigned i = 0; i < storage.block; ++i)
        to[i] = step * float(codes[i]) - least;
    } else {
      for (unsigned i = 0; i < storage.block; ++i)
        to[i] = step * float(int(codes[i]) - storage.bias);
    }
  }
}

namespace {

/// What a block would choose were its scale and minimum not rounded: element =
/// step * (code - bias) - least.
struct Range {
  float step = 0, least = 0;
};

float finite(float x) {
  constexpr float most = 0x1p100f; // Differences stay finite.
  return x > -most ? x < most ? x : most : -most;
}

Range rangeOf(const Storage &storage, std::span<const float> values) {
  float highest = 0, lowest = 0;
  for (float x : values) {
    highest = std::max(highest, finite(x));
    lowest = std::min(lowest, finite(x));
  }
  int most = (1 << storage.bits) - 1;
  if (storage.mins)
    return {(highest - lowest) / float(most), -lowest};
  // The value of the largest magnitude takes the far end, with its sign.
  return {(-lowest > highest ? lowest : highest) / float(-storage.bias), 0};
}

/// Every number as a multiple, of at most `most`, of one f16 that they share, which is
/// returned. `chosen` reads the number of a block.
template <typename Choose>
uint16_t share(unsigned blocks, int lowest, int highest, Choose chosen,
               std::array<int16_t, SuperBlock::mostBlocks> &multiples) {
  float largest = 0;
  for (unsigned b = 0; b < blocks; ++b)
    largest = std::max(largest, std::fabs(chosen(b)));
  float unit = std::min(largest / float(highest), largestOf(Scalar::F16));
  uint16_t half = f16FromF32(unit);
  unit = f32FromF16(half);
  for (unsigned b = 0; b < blocks; ++b)
    multiples[b] =
        unit == 0
            ? int16_t(0)
            : int16_t(std::nearbyint(std::clamp(chosen(b) / unit, float(lowest), float(highest))));
  return half;
}

} // namespace

void encodeSuperBlock(const Storage &storage, const float *values, SuperBlock &to) {
  const SuperBlockFormat &format = superBlockFormat(storage);
  std::array<Range, SuperBlock::mostBlocks> ranges;
  for (unsigned b = 0; b < storage.super; ++b)
    ranges[b] = rangeOf(storage, {values + b * storage.block, storage.block});
  to = {};
  to.scale = share(
      storage.super, format.lowestScale, format.highestScale,
      [&](unsigned b) { return ranges[b].step; }, to.scales);
  if (storage.mins)
    to.minScale = share(
        storage.super, format.lowestScale, format.highestScale,
        [&](unsigned b) { return ranges[b].least; }, to.mins);
  float most = float((1 << storage.bits) - 1);
  float scale = f32FromF16(to.scale), minScale = f32FromF16(to.minScale);
  for (unsigned b = 0; b < storage.super; ++b) {
    float step = scale * float(to.scales[b]), least = minScale * float(to.mins[b]);
    for (unsigned i = b * storage.block; i < (b + 1) * storage.block; ++i) {
      float level = step == 0 ? 0 : (finite(values[i]) + least) / step;
      to.codes[i] = uint8_t(std::nearbyint(std::clamp(level + float(storage.bias), 0.0f, most)));
    }
  }
}

} // namespace weft
