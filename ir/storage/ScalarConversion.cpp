#include "ir/storage/ScalarConversion.h"

#include <algorithm>
#include <cstring>

namespace weft {

float roundTo(Scalar type, float value) {
  switch (type) {
  case Scalar::F32:
    return value;
  case Scalar::F16:
    return f32FromF16(f16FromF32(value));
  case Scalar::BF16:
    return f32FromBF16(bf16FromF32(value));
  case Scalar::F8:
    return f32FromF8(f8FromF32(value));
  }
  return value;
}

float largestOf(Scalar type) {
  switch (type) {
  case Scalar::F32:
    return 0x1.fffffep127f;
  case Scalar::F16:
    return 65504.0f;
  case Scalar::BF16:
    return 0x1.fep127f;
  case Scalar::F8:
    return 30.0f;
  }
  return 0;
}

namespace {

/// Scalars pass through a small aligned buffer, because those of a file may stand anywhere.
constexpr size_t chunk = 256;

template <float (*convert)(uint16_t)>
void readHalves(const std::byte *from, size_t count, float *to) {
  uint16_t halves[chunk];
  for (size_t begin = 0; begin < count; begin += chunk) {
    size_t length = std::min(chunk, count - begin);
    std::memcpy(halves, from + 2 * begin, 2 * length);
    for (size_t i = 0; i < length; ++i)
      to[begin + i] = convert(halves[i]);
  }
}

template <uint16_t (*convert)(float)>
void writeHalves(const float *from, size_t count, std::byte *to) {
  uint16_t halves[chunk];
  for (size_t begin = 0; begin < count; begin += chunk) {
    size_t length = std::min(chunk, count - begin);
    for (size_t i = 0; i < length; ++i)
      halves[i] = convert(from[begin + i]);
    std::memcpy(to + 2 * begin, halves, 2 * length);
  }
}

} // namespace

void readScalars(Scalar type, const std::byte *from, size_t count, float *to) {
  switch (type) {
  case Scalar::F32:
    if (count != 0)
      std::memcpy(to, from, count * sizeof(float));
    return;
  case Scalar::F16:
    return readHalves<f32FromF16>(from, count, to);
  case Scalar::BF16:
    return readHalves<f32FromBF16>(from, count, to);
  case Scalar::F8:
    for (size_t i = 0; i < count; ++i)
      to[i] = f32FromF8(std::to_integer<uint8_t>(from[i]));
    return;
  }
}

void writeScalars(Scalar type, const float *from, size_t count, std::byte *to) {
  switch (type) {
  case Scalar::F32:
    if (count != 0)
      std::memcpy(to, from, count * sizeof(float));
    return;
  case Scalar::F16:
    return writeHalves<f16FromF32>(from, count, to);
  case Scalar::BF16:
    return writeHalves<bf16FromF32>(from, count, to);
  case Scalar::F8:
    for (size_t i = 0; i < count; ++i)
      to[i] = std::byte{f8FromF32(from[i])};
    return;
  }
}

} // namespace weft
