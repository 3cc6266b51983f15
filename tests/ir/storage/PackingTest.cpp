#include "ir/storage/Packing.h"

#include "tests/ir/storage/Formats.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>

using namespace weft;
using namespace weft::test;

namespace {

constexpr unsigned seed = 20260801;

/// Calls check(storage, size) for every format, arrangement and size.
template <typename Check> void forEachFormat(Check check) {
  for (const Storage &format : rowFormats())
    for (const Arrangement &arrangement : arrangements())
      for (const Size &size : awkwardSizes) {
        Storage storage = format.arranged(arrangement);
        SCOPED_TRACE(storage.describe() + " " + std::to_string(size.rows) + "x" +
                     std::to_string(size.columns) + ", seed " + std::to_string(seed));
        check(storage, size);
        if (testing::Test::HasFailure())
          return;
      }
}

std::vector<std::byte> encode(const Storage &storage, const Size &size,
                              const std::vector<float> &values) {
  // Padding has to be written too.
  std::vector<std::byte> packed(storage.bytes(size.rows, size.columns), std::byte(0xa5));
  encodeRows(storage, size.columns, values.data(), size.rows, packed.data());
  return packed;
}

TEST(Packing, EncodesToThePlacesOfStorage) {
  forEachFormat([](const Storage &storage, const Size &size) {
    std::vector<float> values = gaussian(size.rows * size.columns, seed);
    std::vector<std::byte> packed = encode(storage, size, values);
    std::vector<float> decoded(values.size());
    decodeRows(storage, size.columns, packed.data(), 0, size.rows, decoded.data());
    for (int64_t r = 0; r < size.rows; ++r)
      for (int64_t k = 0; k < size.columns; ++k) {
        float value = values[r * size.columns + k];
        float stored = valueAt(storage, size.columns, packed, r, k);
        ASSERT_EQ(decoded[r * size.columns + k], stored) << r << ", " << k;
        // Dense: rounding of the scalar. Blocks: a step is at most max / 127 or max / 6.
        float bound = !storage.isBlock() ? std::fabs(value) * 0x1p-8f
                                         : (storage.bits == 8 ? 5.0f / 127 : 5.0f / 6);
        ASSERT_NEAR(stored, value, bound) << r << ", " << k;
      }
  });
}

TEST(Packing, BytesOfNoElementAreZero) {
  forEachFormat([](const Storage &storage, const Size &size) {
    std::vector<float> values = gaussian(size.rows * size.columns, seed);
    std::vector<std::byte> packed = encode(storage, size, values);
    int64_t columns = size.columns;
    if (storage.isBlock()) // padding of a block is a value like any other
      columns = storage.blocksPerRow(columns) * storage.block;
    std::set<int64_t> used;
    for (int64_t r = 0; r < size.rows; ++r)
      for (int64_t k = 0; k < columns; ++k) {
        Place place = placeOf(storage, columns, r, k);
        int64_t scalarBytes = bitsOf(storage.scalar) / 8;
        for (int64_t i = 0; i < (storage.isBlock() ? 1 : scalarBytes); ++i)
          used.insert(place.byte + i);
        for (int64_t i = 0; place.scale >= 0 && i < scalarBytes; ++i)
          used.insert(place.scale + i);
        for (int64_t i = 0; place.sum >= 0 && i < 4; ++i)
          used.insert(place.sum + i);
        if (k >= size.columns) {
          // Zero, or the level next to it: 2, of code 8, which codeAt() takes for negative.
          ASSERT_EQ(codeAt(storage, columns, packed, r, k),
                    storage.hasLevels() ? 8 - 16 : storage.bias);
        }
      }
    ASSERT_LT(*used.rbegin(), int64_t(packed.size()));
    for (size_t i = 0; i < packed.size(); ++i)
      ASSERT_TRUE(used.contains(i) || packed[i] == std::byte(0)) << "byte " << i;
    if (storage.arrangement.kind != Arrangement::Kind::Tiled) {
      ASSERT_EQ(used.size(), packed.size());
    }
  });
}

TEST(Packing, SplitRowsHoldTheSumsOfTheirCodes) {
  forEachFormat([](const Storage &storage, const Size &size) {
    if (!storage.isBlock() || storage.arrangement.kind != Arrangement::Kind::Split)
      return;
    std::vector<std::byte> packed = encode(storage, size, gaussian(size.rows * size.columns, seed));
    int64_t padded = storage.blocksPerRow(size.columns) * storage.block;
    for (int64_t r = 0; r < size.rows; ++r)
      for (int64_t begin = 0; begin < padded; begin += storage.block) {
        int32_t expected = 0, found;
        for (unsigned i = 0; i < storage.block; ++i)
          expected += -128 * codeAt(storage, padded, packed, r, begin + i);
        std::memcpy(&found, &packed[placeOf(storage, padded, r, begin).sum], sizeof(found));
        ASSERT_EQ(found, expected) << "row " << r << ", column " << begin;
      }
  });
}

TEST(Packing, TranscodingKeepsTheBits) {
  for (const Storage &format : rowFormats())
    for (const Arrangement &from : arrangements())
      for (const Arrangement &to : arrangements())
        for (const Size &size : awkwardSizes) {
          std::vector<float> values = gaussian(size.rows * size.columns, seed);
          Storage source = format.arranged(from), target = format.arranged(to);
          std::vector<std::byte> packed = encode(source, size, values);
          std::vector<std::byte> found(target.bytes(size.rows, size.columns), std::byte(0xa5));
          transcodeRows(source, packed.data(), 0, size.rows, target, found.data(), size.columns);
          ASSERT_EQ(found, encode(target, size, values))
              << source.describe() << " to " << target.describe() << ", " << size.rows << "x"
              << size.columns << ", seed " << seed;
        }
}

TEST(Packing, TranscodingToOtherNumbersGoesThroughValues) {
  Size size{33, 100};
  std::vector<float> values = gaussian(size.rows * size.columns, seed), decoded(values.size());
  Storage source = Storage::q8().arranged({Arrangement::Kind::Tiled, 8, 4});
  for (const Storage &target : rowFormats()) {
    std::vector<std::byte> packed = encode(source, size, values);
    decodeRows(source, size.columns, packed.data(), 0, size.rows, decoded.data());
    std::vector<std::byte> found(target.bytes(size.rows, size.columns));
    transcodeRows(source, packed.data(), 0, size.rows, target, found.data(), size.columns);
    EXPECT_EQ(found, encode(target, size, decoded)) << target.describe();
  }
}

TEST(Packing, RunsOfRowsMakeTheWhole) {
  Size size{37, 70};
  std::vector<float> values = gaussian(size.rows * size.columns, seed);
  for (const Storage &format : rowFormats()) {
    Storage source = format.arranged({Arrangement::Kind::Tiled, 3, 2});
    Storage target = format.arranged({Arrangement::Kind::Tiled, 8, 4});
    std::vector<std::byte> packed = encode(source, size, values),
                           whole = encode(target, size, values);
    std::vector<std::byte> transcoded(whole.size()), encoded(whole.size());
    // Backwards: a run touches no byte of the runs behind it.
    for (int64_t begin = 32; begin >= 0; begin -= 16) {
      int64_t end = std::min(size.rows, begin + 16), offset = target.bytes(begin, size.columns);
      transcodeRows(source, packed.data(), begin, end, target, &transcoded[offset], size.columns);
      encodeRows(target, size.columns, &values[begin * size.columns], end - begin,
                 &encoded[offset]);
    }
    EXPECT_EQ(transcoded, whole) << target.describe();
    EXPECT_EQ(encoded, whole) << target.describe();
    std::vector<float> all(values.size()), some(9 * size.columns);
    decodeRows(target, size.columns, whole.data(), 0, size.rows, all.data());
    decodeRows(target, size.columns, whole.data(), 5, 14, some.data());
    EXPECT_TRUE(std::equal(some.begin(), some.end(), all.begin() + 5 * size.columns));
  }
}

TEST(Packing, ReadsBlocksOfGguf) {
  // Q8_0: a half scale of 0.5, then the codes -16 .. 15.
  std::vector<std::byte> q8 = {std::byte(0x00), std::byte(0x38)};
  for (int i = 0; i < 32; ++i)
    q8.push_back(std::byte(uint8_t(i - 16)));
  ASSERT_EQ(int64_t(q8.size()), Storage::q8().bytes(1, 32));
  float values[32];
  decodeRows(Storage::q8(), 32, q8.data(), 0, 1, values);
  for (int i = 0; i < 32; ++i)
    EXPECT_EQ(values[i], 0.5f * float(i - 16));

  // Q4_0: a half scale of -2, then codes i in the low and 15 - i in the high halves.
  std::vector<std::byte> q4 = {std::byte(0x00), std::byte(0xc0)};
  for (int i = 0; i < 16; ++i)
    q4.push_back(std::byte(i | (15 - i) << 4));
  ASSERT_EQ(int64_t(q4.size()), Storage::q4().bytes(1, 32));
  decodeRows(Storage::q4(), 32, q4.data(), 0, 1, values);
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(values[i], -2.0f * float(i - 8));
    EXPECT_EQ(values[i + 16], -2.0f * float(15 - i - 8));
  }
}

} // namespace
