#include "ir/storage/ScalarConversion.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <random>

using namespace weft;

namespace {

/// What the bits of a half mean, by the definition of IEEE 754.
double valueOfHalf(uint16_t half) {
  int exponent = half >> 10 & 31, mantissa = half & 1023;
  double magnitude =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

TEST(ScalarConversion, EveryHalfIsExact) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    float value = f32FromF16(bits);
    if ((bits & 0x7c00) != 0x7c00) {
      EXPECT_EQ(double(value), valueOfHalf(bits)) << bits;
    } else if (bits & 0x3ff) {
      EXPECT_TRUE(std::isnan(value)) << bits;
    } else {
      EXPECT_TRUE(std::isinf(value)) << bits;
    }
    // Back again; a signalling NaN becomes quiet.
    EXPECT_EQ(f16FromF32(value) | (std::isnan(value) ? 0x200 : 0),
              bits | (std::isnan(value) ? 0x200 : 0));
  }
}

TEST(ScalarConversion, HalvesRoundToNearestEven) {
  // Halfway between neighbours, and just beside it.
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    double low = valueOfHalf(bits), high = valueOfHalf(bits + 1);
    float middle = float((low + high) / 2);
    EXPECT_EQ(f16FromF32(middle), bits + (bits & 1));
    EXPECT_EQ(f16FromF32(std::nextafter(middle, 0.0f)), bits);
    EXPECT_EQ(f16FromF32(-std::nextafter(middle, 1e9f)), (bits + 1) | 0x8000);
  }
  EXPECT_EQ(f16FromF32(65519.996f), 0x7bff);
  EXPECT_EQ(f16FromF32(65520.0f), 0x7c00);
  EXPECT_EQ(f16FromF32(3e38f), 0x7c00);
  EXPECT_EQ(f16FromF32(-INFINITY), 0xfc00);
}

TEST(ScalarConversion, BF16RoundsToNearestEven) {
  EXPECT_EQ(bf16FromF32(1.0f), 0x3f80);
  EXPECT_EQ(bf16FromF32(1.0f + 0x1p-8f), 0x3f80);
  EXPECT_EQ(bf16FromF32(1.0f + 0x1.8p-7f), 0x3f82);
  EXPECT_EQ(bf16FromF32(1.0f + 0x1p-8f + 0x1p-20f), 0x3f81);
  EXPECT_EQ(bf16FromF32(0x1.fffffep127f), 0x7f80);
  EXPECT_TRUE(std::isnan(f32FromBF16(bf16FromF32(NAN))));
  EXPECT_TRUE(std::isnan(f32FromBF16(bf16FromF32(std::bit_cast<float>(0x7f800001u)))));
}

TEST(ScalarConversion, BytesRoundToNearestEven) {
  for (uint32_t byte = 0; byte < 256; ++byte) {
    float value = f32FromF8(byte);
    if (std::isnan(value))
      EXPECT_TRUE(std::isnan(f32FromF8(f8FromF32(value)))) << byte;
    else
      EXPECT_EQ(f8FromF32(value), byte);
  }
  // Halfway between neighbours, subnormal ones too, and just beside it.
  for (uint32_t byte = 0; byte < 0x7f; ++byte) {
    float middle = (f32FromF8(byte) + f32FromF8(byte + 1)) / 2;
    EXPECT_EQ(f8FromF32(middle), byte + (byte & 1));
    EXPECT_EQ(f8FromF32(std::nextafter(middle, 0.0f)), byte);
    EXPECT_EQ(f8FromF32(-std::nextafter(middle, 1e9f)), (byte + 1) | 0x80);
  }
  EXPECT_EQ(f32FromF8(0x7f), 30.0f);
  EXPECT_EQ(f32FromF8(1), 0x1p-13f);
  EXPECT_EQ(f8FromF32(1e30f), 0x7f);
  EXPECT_EQ(f8FromF32(-INFINITY), 0xff);
  EXPECT_EQ(f8FromF32(-0.0f), 0) << "-0 would be NaN";
  EXPECT_EQ(f8FromF32(-1e-9f), 0);
}

TEST(ScalarConversion, RunsOfAnyLengthAtAnyAddress) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (Scalar type : {Scalar::F32, Scalar::F16, Scalar::BF16, Scalar::F8})
    for (size_t count : {0, 1, 31, 33, 255, 257, 1000}) {
      std::vector<float> values(count), back(count);
      for (float &value : values)
        value = normal(random);
      std::vector<std::byte> bytes(count * 4 + 1);
      writeScalars(type, values.data(), count, bytes.data() + 1);
      readScalars(type, bytes.data() + 1, count, back.data());
      for (size_t i = 0; i < count; ++i)
        ASSERT_EQ(back[i], roundTo(type, values[i])) << nameOf(type) << " " << i;
    }
}

} // namespace
