// Conversions between f32 and the scalar types of storage. All round to nearest, ties to
// even, keep NaN a NaN and overflow to infinity (F8 to its largest); all are branch-free, so that loops over
// them vectorise on any instruction set and give the same bits on each.
#pragma once

#include "ir/storage/Storage.h"

#include <bit>
#include <cstddef>
#include <cstdint>

namespace weft {

inline float f32FromF16(uint16_t half) {
  uint32_t magnitude = uint32_t(half & 0x7fff) << 13;
  // The multiplication re-biases the exponent and normalizes subnormal halves.
  uint32_t bits = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
  bits |= magnitude >= 0x0f800000 ? 0x7f800000u : 0u;
  return std::bit_cast<float>(bits | uint32_t(half & 0x8000) << 16);
}

inline uint16_t f16FromF32(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  uint32_t sign = bits & 0x80000000u, magnitude = bits ^ sign;
  // 0.5 has the spacing of subnormal halves: the addition rounds to them.
  uint32_t subnormal =
      std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000u;
  uint32_t normal = (magnitude - (112u << 23) + 0xfff + ((magnitude >> 13) & 1)) >> 13;
  uint32_t special = magnitude > 0x7f800000 ? 0x7e00 | ((magnitude >> 13) & 0x3ff) : 0x7c00;
  uint32_t half = magnitude < (113u << 23) ? subnormal : normal;
  half = magnitude >= 0x477ff000 ? special : half;
  return static_cast<uint16_t>(half | sign >> 16);
}

inline float f32FromBF16(uint16_t value) { return std::bit_cast<float>(uint32_t(value) << 16); }

inline uint16_t bf16FromF32(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
  uint32_t nan = bits >> 16 | 0x40;
  return static_cast<uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? nan : rounded);
}

inline float f32FromF8(uint8_t value) {
  // In the place of an f16's bits but for the bias of the exponent, which is 4 less.
  uint16_t half = static_cast<uint16_t>((value & 0x7f) << 7 | (value & 0x80) << 8);
  return value == 0x80 ? std::bit_cast<float>(0x7fc00000u) : f32FromF16(half) * 16;
}

/// Saturates: F8 has no infinity.
inline uint8_t f8FromF32(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  uint32_t sign = bits & 0x80000000u, magnitude = bits ^ sign;
  // 1024 has the spacing of the subnormal ones: the addition rounds to them.
  uint32_t subnormal =
      std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 1024.0f) - 0x44800000u;
  uint32_t normal = (magnitude - (116u << 23) + 0x7ffff + ((magnitude >> 20) & 1)) >> 20;
  uint32_t byte = magnitude < (117u << 23) ? subnormal : normal;
  byte = magnitude >= 0x41f00000 ? 0x7f : byte;
  byte |= byte != 0 ? sign >> 24 : 0;
  return static_cast<uint8_t>(magnitude > 0x7f800000 ? 0x80 : byte);
}

/// `value` as `type` can hold it.
float roundTo(Scalar type, float value);

/// The largest finite value of `type`.
float largestOf(Scalar type);

/// Reads `count` scalars at `from`, which need not be aligned.
void readScalars(Scalar type, const std::byte *from, size_t count, float *to);

/// Writes `count` scalars at `to`, which need not be aligned.
void writeScalars(Scalar type, const float *from, size_t count, std::byte *to);

} // namespace weft
