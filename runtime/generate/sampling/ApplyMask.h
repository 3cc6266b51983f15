// Applying a constraint's mask to logits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace weft {

/// Sets logits[id] to minus infinity if bit id % 64 of bits[id / 64] is clear; `bits` has
/// ceil(logits.size() / 64) words. Words with all bits equal, which are most, are handled without
/// looking at single bits; the loop over a mixed word has no branches, so that it vectorizes.
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

/// Returns the id of the largest logit whose bit is set, the lowest id among equals, or -1 if none
/// of them is above minus infinity. Skips words without set bits, so it is cheaper than applyMask()
/// followed by a search.
inline int32_t mostLikelyOf(std::span<const float> logits, std::span<const uint64_t> bits) {
  float highest = -std::numeric_limits<float>::infinity();
  int32_t best = -1;
  auto see = [&](size_t id) {
    if (logits[id] > highest) {
      highest = logits[id];
      best = int32_t(id);
    }
  };
  for (size_t word = 0; word * 64 < logits.size(); ++word) {
    const size_t begin = word * 64, count = std::min<size_t>(64, logits.size() - begin);
    if (bits[word] == ~uint64_t(0) && count == 64) {
      constexpr size_t lanes = 8; // of partial maxima, so that it vectorises
      std::array<float, lanes> most;
      std::copy_n(logits.begin() + ptrdiff_t(begin), lanes, most.begin());
      for (size_t i = lanes; i < 64; ++i)
        most[i % lanes] = std::max(most[i % lanes], logits[begin + i]);
      if (*std::ranges::max_element(most) > highest)
        for (size_t i = 0; i < 64; ++i)
          see(begin + i);
      continue;
    }
    const uint64_t existing = ~uint64_t(0) >> (64 - count);
    for (uint64_t left = bits[word] & existing; left != 0; left &= left - 1)
      see(begin + size_t(std::countr_zero(left)));
  }
  return best;
}

} // namespace weft
