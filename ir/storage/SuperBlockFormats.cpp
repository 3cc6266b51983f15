// The formats with super-blocks, as GGUF has them in rows.

#include "ir/storage/SuperBlock.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <iterator>

namespace weft {

namespace {

/// Q4_K: [d f16 | dmin f16 | 12 bytes of 6-bit scales and minima | 128 bytes of codes].
///
/// Of the 12 bytes, four groups of bits belong to the blocks 0 to 3: the scales are the low
/// six bits of bytes 0 to 3, the minima those of bytes 4 to 7. Blocks 4 to 7 have the low
/// four bits of scale and minimum in the halves of bytes 8 to 11 and the upper two bits in
/// the top of bytes 0 to 3 and 4 to 7.
///
/// Every 32 bytes of codes hold two blocks, the first in the low halves.
namespace q4k {

constexpr size_t sixBits = 4, codes = 16;

void unpack(const std::byte *from, SuperBlock &to) {
  uint8_t bytes[144];
  std::memcpy(bytes, from, sizeof bytes);
  std::memcpy(&to.scale, bytes, 2);
  std::memcpy(&to.minScale, bytes + 2, 2);
  const uint8_t *six = bytes + sixBits;
  for (int i = 0; i < 4; ++i) {
    to.scales[i] = six[i] & 63;
    to.mins[i] = six[4 + i] & 63;
    to.scales[4 + i] = (six[8 + i] & 15) | six[i] >> 6 << 4;
    to.mins[4 + i] = six[8 + i] >> 4 | six[4 + i] >> 6 << 4;
  }
  for (int pair = 0; pair < 4; ++pair)
    for (int i = 0; i < 32; ++i) {
      uint8_t both = bytes[codes + 32 * pair + i];
      to.codes[64 * pair + i] = both & 15;
      to.codes[64 * pair + 32 + i] = both >> 4;
    }
}

void pack(const SuperBlock &from, std::byte *to) {
  uint8_t bytes[144];
  std::memcpy(bytes, &from.scale, 2);
  std::memcpy(bytes + 2, &from.minScale, 2);
  uint8_t *six = bytes + sixBits;
  for (int i = 0; i < 4; ++i) {
    six[i] = uint8_t(from.scales[i] | from.scales[4 + i] >> 4 << 6);
    six[4 + i] = uint8_t(from.mins[i] | from.mins[4 + i] >> 4 << 6);
    six[8 + i] = uint8_t((from.scales[4 + i] & 15) | (from.mins[4 + i] & 15) << 4);
  }
  for (int pair = 0; pair < 4; ++pair)
    for (int i = 0; i < 32; ++i)
      bytes[codes + 32 * pair + i] =
          uint8_t(from.codes[64 * pair + i] | from.codes[64 * pair + 32 + i] << 4);
  std::memcpy(to, bytes, sizeof bytes);
}

} // namespace q4k

/// Q6_K: [128 bytes of low halves | 64 bytes of upper bits | 16 scales of 8 bits | d f16].
///
/// Each half of 128 elements has 64 and 32 of these bytes. Its element 32 * q + i is in the
/// low (q < 2) or high half of byte 32 * (q % 2) + i, and in the bits 2q and 2q + 1 of byte
/// i of the upper ones.
namespace q6k {

constexpr size_t upper = 128, scales = 192, scale = 208;

void unpack(const std::byte *from, SuperBlock &to) {
  uint8_t bytes[210];
  std::memcpy(bytes, from, sizeof bytes);
  for (int i = 0; i < 16; ++i) {
    to.scales[i] = int8_t(bytes[scales + i]);
    to.mins[i] = 0;
  }
  std::memcpy(&to.scale, bytes + scale, 2);
  to.minScale = 0;
  for (int half = 0; half < 2; ++half)
    for (int q = 0; q < 4; ++q)
      for (int i = 0; i < 32; ++i) {
        uint8_t low = bytes[64 * half + 32 * (q % 2) + i] >> (q < 2 ? 0 : 4) & 15;
        uint8_t high = bytes[upper + 32 * half + i] >> 2 * q & 3;
        to.codes[128 * half + 32 * q + i] = low | high << 4;
      }
}

void pack(const SuperBlock &from, std::byte *to) {
  uint8_t bytes[210] = {};
  for (int i = 0; i < 16; ++i)
    bytes[scales + i] = uint8_t(from.scales[i]);
  std::memcpy(bytes + scale, &from.scale, 2);
  for (int half = 0; half < 2; ++half)
    for (int q = 0; q < 4; ++q)
      for (int i = 0; i < 32; ++i) {
        uint8_t code = from.codes[128 * half + 32 * q + i];
        bytes[64 * half + 32 * (q % 2) + i] |= (code & 15) << (q < 2 ? 0 : 4);
        bytes[upper + 32 * half + i] |= code >> 4 << 2 * q;
      }
  std::memcpy(to, bytes, sizeof bytes);
}

} // namespace q6k

const SuperBlockFormat formats[] = {
    {"Q4_K", Storage::q4K(), 0, 63, 144, q4k::unpack, q4k::pack},
    {"Q6_K", Storage::q6K(), -128, 127, 210, q6k::unpack, q6k::pack},
};

} // namespace

const SuperBlockFormat *findSuperBlockFormat(const Storage &storage) {
  auto *found = std::ranges::find_if(
      formats, [&](const SuperBlockFormat &format) { return format.storage.sameNumbers(storage); });
  return found != std::end(formats) ? found : nullptr;
}

const SuperBlockFormat &superBlockFormat(const Storage &storage) {
  const SuperBlockFormat *format = findSuperBlockFormat(storage);
  assert(format && "a storage with super-blocks is one of the table");
  return *format;
}

std::string superBlockFormatNames() {
  std::string names;
  for (const SuperBlockFormat &format : formats)
    names += (names.empty() ? "" : ", ") + std::string(format.name);
  return names;
}

} // namespace weft
