// Leaving out tokens before sampling.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace weft {

/// Sets logits[id] to minus infinity where bit id % 64 of bits[id / 64] is not set; `bits` has
/// ceil(logits.size() / 64) words. Whole words of one kind, which are most, take no look at
/// their bits; the loop over a mixed word has no branches, so that it vectorises.
inline void applyMask(std::span<float> logits, std::span<const uint64_t> bits) {
  constexpr float out = -std::numeric_limits<float>::infinity();
  constexpr auto places = [] {
    std::array<uint32_t, 32> bit{};
    for (size_t i = 0; i < bit.size(); ++i)
      bit[i] = uint32_t(1) << i;
    return bit;
  }();
  for (size_t word = 0; word * 64 < logits.size(); ++word) {
    float *row = logits.data() + word * 64;
    const size_t count = std::min<size_t>(64, logits.size() - word * 64);
    if (bits[word] == ~uint64_t(0))
      continue;
    if (bits[word] == 0 || count < 64) {
      for (size_t i = 0; i < count; ++i)
        row[i] = bits[word] >> i & 1 ? row[i] : out;
      continue;
    }
    for (size_t half = 0; half < 2; ++half) {
      const auto set = uint32_t(bits[word] >> (32 * half));
      for (size_t i = 0; i < 32; ++i)
        row[32 * half + i] = (set & places[i]) != 0 ? row[32 * half + i] : out;
    }
  }
}

} // namespace weft
