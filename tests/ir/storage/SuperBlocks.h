// GGUF's K-quants decoded element by element, by the description of their bytes and by
// nothing of Weft but the conversion of f16, and random ones.
#pragma once

#include "conformance/RandomSuperBlocks.h"

#include <algorithm>
#include <cstring>
#include <vector>

#pragma STDC FP_CONTRACT OFF

namespace weft::test {

struct KQuant {
  const char *name;
  Storage storage;
  int64_t bytes;
  /// Element `i` of the 256 of a super-block.
  float (*element)(const uint8_t *bytes, int i);
  /// Where its f16 scales stand.
  std::vector<int> scales;
};

inline float halfAt(const uint8_t *bytes) {
  uint16_t half;
  std::memcpy(&half, bytes, 2);
  return f32FromF16(half);
}

inline float elementOfQ4K(const uint8_t *bytes, int i) {
  const uint8_t *b = bytes + 4, *codes = bytes + 16;
  int j = i / 32, scale, min;
  if (j < 4) {
    scale = b[j] & 63;
    min = b[j + 4] & 63;
  } else {
    scale = (b[j + 4] & 15) | ((b[j - 4] >> 6) << 4);
    min = (b[j + 4] >> 4) | ((b[j] >> 6) << 4);
  }
  uint8_t both = codes[i / 64 * 32 + i % 32];
  int code = i % 64 < 32 ? both & 15 : both >> 4;
  float step = halfAt(bytes) * float(scale), least = halfAt(bytes + 2) * float(min);
  return step * float(code) - least;
}

inline float elementOfQ6K(const uint8_t *bytes, int i) {
  int half = i / 128, l = i % 32, quarter = i % 128 / 32;
  const uint8_t *ql = bytes + 64 * half, *qh = bytes + 128 + 32 * half;
  int code = 0;
  if (quarter == 0)
    code = (ql[l] & 15) | ((qh[l] & 3) << 4);
  if (quarter == 1)
    code = (ql[l + 32] & 15) | (((qh[l] >> 2) & 3) << 4);
  if (quarter == 2)
    code = (ql[l] >> 4) | (((qh[l] >> 4) & 3) << 4);
  if (quarter == 3)
    code = (ql[l + 32] >> 4) | ((qh[l] >> 6) << 4);
  auto scale = int8_t(bytes[192 + half * 8 + l / 16 + 2 * quarter]);
  float step = halfAt(bytes + 208) * float(scale);
  return step * float(code - 32);
}

inline std::vector<KQuant> kQuants() {
  return {{"Q4_K", Storage::q4K(), 144, elementOfQ4K, {0, 2}},
          {"Q6_K", Storage::q6K(), 210, elementOfQ6K, {208}}};
}

inline std::vector<std::byte> randomSuperBlocks(const KQuant &format, int64_t count, unsigned seed,
                                                float largest = 65504) {
  return conformance::randomSuperBlocks({format.bytes, format.scales}, count, seed, largest);
}

/// Every element of `count` super-blocks.
inline std::vector<float> decoded(const KQuant &format, const std::vector<std::byte> &bytes) {
  std::vector<float> values;
  for (size_t at = 0; at < bytes.size(); at += format.bytes)
    for (int i = 0; i < 256; ++i)
      values.push_back(format.element(reinterpret_cast<const uint8_t *>(&bytes[at]), i));
  return values;
}

} // namespace weft::test
