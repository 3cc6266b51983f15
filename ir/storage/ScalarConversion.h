// Conversions between f32 and the scalar types of storage. All round to nearest, ties to even, keep
// NaN as NaN, and overflow to infinity (F8 to its largest value). All are branch-free, so that
// loops over them vectorise on any instruction set and give the same bits on each.
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

/// Returns the bits of a positive f32, less than the largest value of the type, rounded to a float
/// with a narrower exponent, `mantissa` bits of mantissa and an exponent bias of `bias`.
template <unsigned mantissa, unsigned bias> inline uint32_t narrowed(uint32_t magnitude) {
  constexpr unsigned shift = 23 - mantissa, rebias = 127 - bias;
  // A power of two that has the spacing of subnormal ones: the addition rounds to them.
  constexpr uint32_t spacing = (127 + 24 - bias - mantissa) << 23;
  uint32_t subnormal =
      std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + std::bit_cast<float>(spacing)) -
      spacing;
  uint32_t half = (1u << (shift - 1)) - 1;
  uint32_t normal = (magnitude - (rebias << 23) + half + ((magnitude >> shift) & 1)) >> shift;
  return magnitude < ((rebias + 1) << 23) ? subnormal : normal;
}

inline uint16_t f16FromF32(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  uint32_t sign = bits & 0x80000000u, magnitude = bits ^ sign;
  uint32_t special = magnitude > 0x7f800000 ? 0x7e00 | ((magnitude >> 13) & 0x3ff) : 0x7c00;
  uint32_t half = narrowed<10, 15>(magnitude);
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
  uint32_t byte = narrowed<3, 11>(magnitude);
  byte = magnitude >= 0x41f00000 ? 0x7f : byte;
  byte |= byte != 0 ? sign >> 24 : 0;
  return static_cast<uint8_t>(magnitude > 0x7f800000 ? 0x80 : byte);
}

/// Returns `value` rounded to `type`.
float roundTo(Scalar type, float value);

/// Returns the largest finite value of `type`.
float largestOf(Scalar type);

/// Reads `count` scalars at `from`, which need not be aligned.
void readScalars(Scalar type, const std::byte *from, size_t count, float *to);

/// Writes `count` scalars at `to`, which need not be aligned.
void writeScalars(Scalar type, const float *from, size_t count, std::byte *to);

} // namespace weft
