#include "ir/storage/BlockCodec.h"

#include "tests/ir/storage/Formats.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace weft;
using namespace weft::test;

namespace {

constexpr unsigned seed = 5;

/// sqrt(sum of squared errors / sum of squares) after one round trip, block by block.
double relativeError(const Storage &storage, const std::vector<float> &values) {
  BlockCodec codec(storage);
  std::vector<uint8_t> codes(codec.codeBytes());
  std::vector<float> decoded(storage.block);
  double errors = 0, squares = 0;
  for (size_t i = 0; i < values.size(); i += storage.block) {
    float scale = codec.encode(&values[i], storage.block, codes.data());
    codec.decode(codes.data(), scale, storage.block, decoded.data());
    for (unsigned j = 0; j < storage.block; ++j) {
      errors += std::pow(double(decoded[j]) - values[i + j], 2);
      squares += std::pow(double(values[i + j]), 2);
    }
  }
  return std::sqrt(errors / squares);
}

/// The same for the plain Q4_0 of GGUF: scale = m / -8.
double plainQ4Error(const std::vector<float> &values) {
  double errors = 0, squares = 0;
  for (size_t i = 0; i < values.size(); i += 32) {
    float most = 0;
    for (unsigned j = 0; j < 32; ++j)
      if (std::fabs(values[i + j]) > std::fabs(most))
        most = values[i + j];
    float scale = roundTo(Scalar::F16, most / -8);
    for (unsigned j = 0; j < 32; ++j) {
      float level = std::clamp(std::nearbyint(values[i + j] / scale), -8.0f, 7.0f);
      errors += std::pow(double(level * scale) - values[i + j], 2);
      squares += std::pow(double(values[i + j]), 2);
    }
  }
  return std::sqrt(errors / squares);
}

TEST(BlockCodec, ErrorsOnGaussianData) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::vector<float> values = gaussian(32 * 4096, seed, 0.02f);
  // A step of 8 bits is max / 127, with an expected max of 2.1 deviations (of 32): 2.1 /
  // 127 / sqrt(12) = 0.0048, and a little for the spread of the max.
  EXPECT_LT(relativeError(Storage::q8(), values), 0.0056);
  EXPECT_GT(relativeError(Storage::q8(), values), 0.0045);
  double plain = plainQ4Error(values), searched = relativeError(Storage::q4(), values);
  EXPECT_LT(searched, 0.083);
  EXPECT_LT(searched, 0.95 * plain) << "the scale search should pay, plain " << plain;
  EXPECT_LT(relativeError(blocks(Scalar::F32, 4, 32, 0), values), 0.083);
  EXPECT_LT(relativeError(Storage::normal4(32), values), 0.074);
  // A quarter of a bit less than plain Q4_0, and nearer: with shorter scales rather than longer
  // blocks.
  EXPECT_LT(relativeError(Storage::normal4(64), values), 0.95 * plain);
  EXPECT_LT(relativeError(Storage::normal4(32, Scalar::F8), values), 0.9 * plain);
}

TEST(BlockCodec, EightBitsRoundTiesToEven) {
  BlockCodec codec(Storage::q8(Scalar::F32));
  std::vector<float> values(32, 0.0f);
  values[0] = -127;
  values[1] = 0.5f;
  values[2] = 1.5f;
  values[3] = -2.5f;
  values[4] = 126.5f;
  std::vector<uint8_t> codes(32);
  EXPECT_EQ(codec.encode(values.data(), 32, codes.data()), 1.0f);
  std::vector<int> found;
  for (int i = 0; i < 6; ++i)
    found.push_back(int8_t(codes[i]));
  EXPECT_EQ(found, (std::vector<int>{-127, 0, 2, -2, 126, 0}));
}

TEST(BlockCodec, CodesBelongToTheRoundedScale) {
  // 1000 / 127 is 7.874..., which bf16 rounds to 7.875.
  BlockCodec codec(Storage::q8(Scalar::BF16));
  std::vector<float> values(32, 500.0f);
  values[7] = 1000;
  std::vector<uint8_t> codes(32);
  EXPECT_EQ(codec.encode(values.data(), 32, codes.data()), 7.875f);
  EXPECT_EQ(int8_t(codes[0]), int(std::nearbyint(500 / 7.875f)));
}

TEST(BlockCodec, EncodedValuesStayAsTheyAre) {
  // Values that the format holds exactly, whichever end of the range they reach.
  for (int most : {-8, -7, 7})
    for (float scale : {0.25f, -0.25f}) {
      std::vector<float> values(32), decoded(32);
      for (int i = 0; i < 32; ++i)
        values[i] = scale * float(i % 13 - 6);
      values[3] = scale * float(most);
      BlockCodec codec(Storage::q4());
      std::vector<uint8_t> codes(16);
      float found = codec.encode(values.data(), 32, codes.data());
      codec.decode(codes.data(), found, 32, decoded.data());
      EXPECT_EQ(decoded, values) << most << " " << scale;
    }
}

TEST(BlockCodec, ExtremesAreDefined) {
  for (const Storage &storage : rowFormats()) {
    if (!storage.isBlock())
      continue;
    BlockCodec codec(storage);
    std::vector<uint8_t> codes(codec.codeBytes());
    std::vector<float> decoded(storage.block);
    for (float value : {0.0f, -0.0f, 1e-44f, 1e-38f, 1e-9f, 3e38f, -3e38f, INFINITY, NAN}) {
      std::vector<float> values(storage.block, value);
      values[1] = 0;
      float scale = codec.encode(values.data(), storage.block, codes.data());
      codec.decode(codes.data(), scale, storage.block, decoded.data());
      EXPECT_TRUE(std::isfinite(scale)) << storage.describe() << " " << value;
      EXPECT_EQ(scale, roundTo(storage.scalar, scale));
      if (value == 0) {
        EXPECT_EQ(decoded, std::vector<float>(storage.block, 0.0f)) << storage.describe();
      }
    }
  }
}

TEST(BlockCodec, ShortBlocksArePaddedWithZeroValues) {
  BlockCodec codec(Storage::q4());
  std::vector<float> values = {8, -8, 3};
  std::vector<uint8_t> codes(16);
  float scale = codec.encode(values.data(), values.size(), codes.data());
  std::vector<float> decoded(32);
  codec.decode(codes.data(), scale, 32, decoded.data());
  for (size_t i = values.size(); i < 32; ++i)
    EXPECT_EQ(decoded[i], 0.0f);
}

} // namespace
