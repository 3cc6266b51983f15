// Random super-blocks, as no encoder would choose them.
#pragma once

#include "ir/storage/ScalarConversion.h"

#include <cstring>
#include <random>
#include <vector>

namespace weft::conformance {

/// The number of bytes of a super-block, and the offsets of its f16 scales.
struct SuperBlockBytes {
  int64_t bytes;
  std::vector<int> scales;
};
inline const SuperBlockBytes q4KBytes{144, {0, 2}}, q6KBytes{210, {208}};

/// Returns `count` super-blocks of random bytes. Their scales have any sign and magnitude but are
/// finite; `largest` bounds them if values have to be small.
inline std::vector<std::byte> randomSuperBlocks(const SuperBlockBytes &format, int64_t count,
                                                unsigned seed, float largest = 65504) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count * format.bytes);
  for (std::byte &byte : bytes)
    byte = std::byte(random());
  std::uniform_real_distribution<float> scales(-largest, largest);
  for (int64_t i = 0; i < count; ++i)
    for (int at : format.scales) {
      uint16_t half = f16FromF32(scales(random));
      std::memcpy(&bytes[i * format.bytes + at], &half, 2);
    }
  return bytes;
}

} // namespace weft::conformance
