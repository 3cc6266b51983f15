#include "ir/storage/Storage.h"

#include <gtest/gtest.h>

namespace weft {
namespace {

using Kind = Arrangement::Kind;

TEST(Storage, DenseRows) {
  EXPECT_EQ(Storage::dense(Scalar::F32).bytes(3, 5), 60);
  EXPECT_EQ(Storage::dense(Scalar::F16).bytes(3, 5), 30);
  EXPECT_EQ(Storage::dense(Scalar::BF16).rowBytes(5), 10);
  EXPECT_EQ(Storage::dense(Scalar::F32).bytes(0, 5), 0);
}

TEST(Storage, BlockRowsAreGgufs) {
  // Q8_0 takes 34 bytes for 32 values, Q4_0 takes 18.
  EXPECT_EQ(Storage::q8().rowBytes(64), 68);
  EXPECT_EQ(Storage::q4().bytes(3, 64), 108);
  EXPECT_EQ(Storage::q4(Scalar::F32).rowBytes(32), 20);
}

TEST(Storage, LastBlockIsPadded) {
  EXPECT_EQ(Storage::q8().blocksPerRow(0), 0);
  EXPECT_EQ(Storage::q8().blocksPerRow(1), 1);
  EXPECT_EQ(Storage::q8().blocksPerRow(33), 2);
  EXPECT_EQ(Storage::q8().bytes(2, 33), 136);
}

TEST(Storage, SplitAddsASumForEachBlock) {
  EXPECT_EQ(Storage::q8(Scalar::F32).arranged({Kind::Split, 1, 1}).bytes(2, 64),
            2 * (64 + 2 * 4 + 2 * 4));
}

TEST(Storage, TilesArePadded) {
  // 5 rows in tiles of 4, 7 columns in groups of 2: 8 rows of 8 elements.
  EXPECT_EQ(Storage::dense(Scalar::F32).arranged({Kind::Tiled, 4, 2}).bytes(5, 7), 8 * 8 * 4);
  EXPECT_EQ(Storage::q4().arranged({Kind::Tiled, 8, 4}).bytes(9, 64), 16 * 2 * 18);
}

TEST(Storage, LargeSizesDoNotOverflow) {
  int64_t rows = int64_t(1) << 30, columns = int64_t(1) << 30;
  EXPECT_EQ(Storage::dense(Scalar::F32).bytes(rows, columns - 1), rows * (columns - 1) * 4);
  EXPECT_EQ(Storage::q4().bytes(rows, columns), rows * (columns / 32 * 18));
}

TEST(Storage, NumbersAndArrangement) {
  Storage tiled = Storage::q4().arranged({Kind::Tiled, 8, 4});
  EXPECT_TRUE(tiled.sameNumbers(Storage::q4()));
  EXPECT_FALSE(tiled == Storage::q4());
  EXPECT_FALSE(tiled.sameNumbers(Storage::q8()));
}

TEST(Storage, Describes) {
  EXPECT_EQ(Storage::dense(Scalar::BF16).describe(), "bf16");
  EXPECT_EQ(Storage::q4().describe(), "q4 (block 32, f16)");
  EXPECT_EQ(Storage::normal4(64).describe(), "q4 (levels, block 64, f16)");
  EXPECT_EQ(Storage::q8(Scalar::F32).arranged({Kind::Tiled, 8, 4}).describe(),
            "q8 (block 32, f32), tiled 8x4");
  EXPECT_EQ(bitsOf(Scalar::F32), 32u);
  EXPECT_EQ(bitsOf(Scalar::F16), 16u);
  EXPECT_STREQ(nameOf(Scalar::F16), "f16");
}

} // namespace
} // namespace weft
