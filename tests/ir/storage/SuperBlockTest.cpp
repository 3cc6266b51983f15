#include "ir/storage/SuperBlock.h"

#include "ir/storage/Packing.h"
#include "tests/ir/storage/Formats.h"
#include "tests/ir/storage/SuperBlocks.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace weft;
using namespace weft::test;

namespace {

constexpr unsigned seed = 20261124;
using Kind = Arrangement::Kind;

const Arrangement tiles[] = {
    {Kind::Tiled, 16, 4}, {Kind::Tiled, 1, 4}, {Kind::Tiled, 3, 2}, {Kind::Tiled, 5, 1}};
const Size sizes[] = {{1, 256}, {31, 512}, {33, 256}, {7, 768}, {16, 1024}};

class SuperBlocks : public testing::TestWithParam<KQuant> {
protected:
  const KQuant &format = GetParam();

  std::vector<std::byte> matrix(const Size &size) const {
    return randomSuperBlocks(format, size.rows * size.columns / 256, seed);
  }
};

INSTANTIATE_TEST_SUITE_P(K, SuperBlocks, testing::ValuesIn(kQuants()),
                         [](const auto &info) { return std::string(info.param.name); });

/// The same bits; NaN is a NaN.
void expectSame(const std::vector<float> &found, const std::vector<float> &expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i)
    if (!std::isnan(expected[i]) || !std::isnan(found[i])) {
      ASSERT_EQ(std::bit_cast<uint32_t>(found[i]), std::bit_cast<uint32_t>(expected[i])) << i;
    }
}

TEST_P(SuperBlocks, AreTheirDescription) {
  EXPECT_STREQ(superBlockFormat(format.storage).name, format.name);
  for (const Size &size : sizes) {
    std::vector<std::byte> bytes = matrix(size);
    ASSERT_EQ(format.storage.bytes(size.rows, size.columns), int64_t(bytes.size()));
    std::vector<float> values(size.rows * size.columns);
    decodeRows(format.storage, size.columns, bytes.data(), 0, size.rows, values.data());
    expectSame(values, decoded(format, bytes));
  }
}

TEST_P(SuperBlocks, OfEqualBytesAndOddScales) {
  for (int byte : {0x00, 0xff, 0x80, 0x7f, 0x55, 0xaa})
    for (uint16_t scale : {0x0000, 0x8000, 0x0001, 0x83ff, 0x7bff, 0xfbff, 0x7c00, 0xfe01}) {
      std::vector<std::byte> bytes(format.bytes, std::byte(byte));
      for (int at : format.scales)
        std::memcpy(&bytes[at], &scale, 2);
      std::vector<float> values(256);
      decodeRows(format.storage, 256, bytes.data(), 0, 1, values.data());
      expectSame(values, decoded(format, bytes));
    }
}

TEST_P(SuperBlocks, KeepTheirBitsInTiles) {
  for (const Arrangement &arrangement : tiles)
    for (const Size &size : sizes) {
      SCOPED_TRACE(std::to_string(arrangement.rows) + "x" + std::to_string(arrangement.depth) +
                   " " + std::to_string(size.rows) + "x" + std::to_string(size.columns));
      Storage tiled = format.storage.arranged(arrangement);
      std::vector<std::byte> bytes = matrix(size), back(bytes.size());
      std::vector<std::byte> packed(tiled.bytes(size.rows, size.columns), std::byte(0xa5));
      transcodeRows(format.storage, bytes.data(), 0, size.rows, tiled, packed.data(), size.columns);
      transcodeRows(tiled, packed.data(), 0, size.rows, format.storage, back.data(), size.columns);
      EXPECT_EQ(back, bytes);
      std::vector<float> values(size.rows * size.columns);
      decodeRows(tiled, size.columns, packed.data(), 0, size.rows, values.data());
      expectSame(values, decoded(format, bytes));
    }
}

TEST_P(SuperBlocks, StandWhereTilesSay) {
  // What kernels read, written out: 3 rows of 16, the second super-block of two.
  Storage tiled = format.storage.arranged({Kind::Tiled, 16, 4});
  Size size{3, 512};
  std::vector<std::byte> bytes = matrix(size), packed(tiled.bytes(16, 512), std::byte(0xa5));
  transcodeRows(format.storage, bytes.data(), 0, 3, tiled, packed.data(), 512);
  SuperTile tile(tiled);
  ASSERT_EQ(int64_t(packed.size()), 2 * tile.bytes);
  const auto *second = reinterpret_cast<const uint8_t *>(packed.data()) + tile.bytes;
  bool mins = tiled.mins;
  EXPECT_EQ(tile.bytes, 16 * (mins ? 128 + 16 + 4 : 192 + 16 + 2));
  std::vector<float> values = decoded(format, bytes);
  for (int row = 0; row < 3; ++row)
    for (int b = 0; b < int(tiled.super); ++b)
      for (int i = 0; i < int(tiled.block); ++i) {
        int half = tiled.block / 2, quarter = tiled.block / 4;
        auto byteOf = [&](int n) {
          return second[tile.codes + b * tile.blockCodes + n / 4 * 64 + row * 4 + n % 4];
        };
        int code = byteOf(i % half) >> (i < half ? 0 : 4) & 15;
        if (tiled.bits == 6)
          code |= (byteOf(half + i % quarter) >> 2 * (i / quarter) & 3) << 4;
        uint8_t scale = second[tile.scales + 16 * b + row];
        float step = halfAt(second + 2 * row) * float(mins ? int(scale) : int(int8_t(scale)));
        float least = 0;
        if (mins)
          least =
              halfAt(second + tile.minScales + 2 * row) * float(second[tile.mins + 16 * b + row]);
        float value = step * float(code - tiled.bias);
        ASSERT_EQ(mins ? value - least : value, values[row * 512 + 256 + b * tiled.block + i]);
      }
  for (int row = 3; row < 16; ++row)
    EXPECT_EQ(halfAt(second + 2 * row), 0);
}

TEST_P(SuperBlocks, RunsOfRowsMakeTheWhole) {
  Size size{37, 512};
  Storage tiled = format.storage.arranged({Kind::Tiled, 8, 4});
  std::vector<std::byte> bytes = matrix(size), whole(tiled.bytes(37, 512)), parts(whole.size());
  transcodeRows(format.storage, bytes.data(), 0, 37, tiled, whole.data(), 512);
  for (int64_t begin = 32; begin >= 0; begin -= 16)
    transcodeRows(format.storage, bytes.data(), begin, std::min<int64_t>(37, begin + 16), tiled,
                  &parts[tiled.bytes(begin, 512)], 512);
  EXPECT_EQ(parts, whole);
  std::vector<float> some(9 * 512), all = decoded(format, bytes);
  decodeRows(tiled, 512, whole.data(), 5, 14, some.data());
  EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin() + 5 * 512));
}

TEST_P(SuperBlocks, AreEncoded) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  Size size{33, 512};
  std::vector<float> values = gaussian(size.rows * size.columns, seed, 0.02f), found(values.size());
  for (const Arrangement &arrangement : {Arrangement{}, tiles[0], tiles[2]}) {
    Storage storage = format.storage.arranged(arrangement);
    std::vector<std::byte> packed(storage.bytes(size.rows, size.columns), std::byte(0xa5));
    encodeRows(storage, size.columns, values.data(), size.rows, packed.data());
    decodeRows(storage, size.columns, packed.data(), 0, size.rows, found.data());
    double errors = 0, squares = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      errors += std::pow(double(found[i]) - values[i], 2);
      squares += std::pow(double(values[i]), 2);
    }
    // A step of 4 bits is the range of 32 values (4.1 deviations) / 15, of 6 bits the
    // largest of 16 (1.9) / 32; a step has a deviation of 1 / sqrt(12). Rounding of scales
    // adds a little.
    EXPECT_LT(std::sqrt(errors / squares), storage.bits == 4 ? 0.085 : 0.02);
    EXPECT_GT(std::sqrt(errors / squares), storage.bits == 4 ? 0.07 : 0.015);
  }
}

TEST_P(SuperBlocks, OfExtremeValuesAreFinite) {
  for (float value :
       {0.0f, -0.0f, 1e-44f, 1e-38f, 1e-9f, 3e38f, -3e38f, INFINITY, -INFINITY, NAN}) {
    std::vector<float> values(256, value), found(256);
    values[1] = 0;
    std::vector<std::byte> packed(format.bytes);
    encodeRows(format.storage, 256, values.data(), 1, packed.data());
    decodeRows(format.storage, 256, packed.data(), 0, 1, found.data());
    for (float x : found)
      EXPECT_TRUE(std::isfinite(x)) << value;
    if (value == 0) {
      EXPECT_EQ(found, std::vector<float>(256, 0.0f));
    }
  }
}

TEST(SuperBlockFormats, AreNamed) {
  EXPECT_EQ(superBlockFormatNames(), "Q4_K, Q6_K");
  EXPECT_EQ(findSuperBlockFormat(Storage::q4()), nullptr);
  EXPECT_EQ(Storage::q4K().describe(), "q4_K (block 32, super-block 256, f16)");
  EXPECT_EQ(Storage::q6K().arranged({Kind::Tiled, 16, 4}).describe(),
            "q6_K (block 16, super-block 256, f16), tiled 16x4");
}

} // namespace
