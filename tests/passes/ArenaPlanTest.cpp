#include "passes/ArenaPlan.h"

#include <gtest/gtest.h>

#include <random>

namespace weft::test {
namespace {

bool overlap(int64_t a, int64_t aEnd, int64_t b, int64_t bEnd) { return a < bEnd && b < aEnd; }

TEST(ArenaPlan, ReusesWhatNoOneReadsAnyMore) {
  std::vector<ArenaValue> values = {{.size = 64, .begin = 0, .end = 1},
                                    {.size = 64, .begin = 1, .end = 2},
                                    {.size = 64, .begin = 2, .end = 3}};
  EXPECT_EQ(placeValues(values), 128);
  EXPECT_EQ(values[0].offset, values[2].offset);
}

TEST(ArenaPlan, NotWhileItIsRead) {
  // The second is written by the step that reads the first.
  std::vector<ArenaValue> values = {{.size = 64, .begin = 0, .end = 1},
                                    {.size = 64, .begin = 1, .end = 1}};
  EXPECT_EQ(placeValues(values), 128);
}

TEST(ArenaPlan, TakesTheSmallestGap) {
  // Once the 256 and the 64 between the 512s are free, 64 goes into the smaller gap.
  std::vector<ArenaValue> values = {
      {.size = 512, .begin = 0, .end = 9}, {.size = 256, .begin = 0, .end = 1},
      {.size = 192, .begin = 0, .end = 9}, {.size = 128, .begin = 0, .end = 1},
      {.size = 96, .begin = 0, .end = 9},  {.size = 64, .begin = 2, .end = 9}};
  EXPECT_EQ(placeValues(values), 512 + 256 + 192 + 128 + 96);
  EXPECT_EQ(values[5].offset, values[3].offset);
}

TEST(ArenaPlan, Nothing) { EXPECT_EQ(placeValues({}), 0); }

TEST(ArenaPlan, ValuesThatLiveTogetherAreApart) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::vector<ArenaValue> values(1 + random() % 40);
    int64_t sum = 0;
    for (ArenaValue &value : values) {
      value.size = 64 * (random() % 7);
      value.begin = random() % 20;
      value.end = value.begin + random() % 6;
      sum += value.size;
    }
    int64_t total = placeValues(values);
    EXPECT_LE(total, sum);
    for (const ArenaValue &a : values) {
      EXPECT_LE(a.offset + a.size, total);
      for (const ArenaValue &b : values)
        if (&a != &b && overlap(a.begin, a.end + 1, b.begin, b.end + 1)) {
          EXPECT_FALSE(overlap(a.offset, a.offset + a.size, b.offset, b.offset + b.size));
        }
    }
  }
}

} // namespace
} // namespace weft::test
