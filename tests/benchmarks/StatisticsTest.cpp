#include "benchmarks/turns/Statistics.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <vector>

namespace weft::turns {
namespace {

TEST(Statistics, MedianOfOneOddAndEvenCounts) {
  EXPECT_EQ(estimateMedian(std::vector{3.0}).median, 3);
  EXPECT_EQ(estimateMedian(std::vector{9.0, 1.0, 2.0}).median, 2);
  EXPECT_EQ(estimateMedian(std::vector{9.0, 1.0, 2.0, 4.0}).median, 3);
}

TEST(Statistics, EqualValuesLeaveNoDoubt) {
  const Estimate estimate = estimateMedian(std::vector(300, 1.25));
  EXPECT_EQ(estimate.low, 1.25);
  EXPECT_EQ(estimate.high, 1.25);
  EXPECT_EQ(estimate.width(), 0);
}

TEST(Statistics, SameSeedSameInterval) {
  std::vector<double> values(101);
  std::iota(values.begin(), values.end(), 0);
  const Estimate first = estimateMedian(values), second = estimateMedian(values);
  EXPECT_EQ(first.low, second.low);
  EXPECT_EQ(first.high, second.high);
  EXPECT_EQ(first.median, 50);
  EXPECT_LT(first.low, 50);
  EXPECT_GT(first.high, 50);
}

// The order statistics that bound a median with 95% are n/2 -+ 1.96 sqrt(n)/2: of 0..400 these
// are 180.4 and 219.6. The bootstrap gives that up to its own noise, some 2 at 2000 resamples.
TEST(Statistics, IntervalIsThatOfOrderStatistics) {
  std::vector<double> values(401);
  std::iota(values.begin(), values.end(), 0);
  const Estimate estimate = estimateMedian(values);
  EXPECT_NEAR(estimate.low, 180.4, 3);
  EXPECT_NEAR(estimate.high, 219.6, 3);
}

// 95% intervals of 300 draws around a known median: of 200 of them, 190 cover it, give or take 3.1.
// Four times that far off would be by chance once in 15,000 seeds; the seed is fixed.
TEST(Statistics, IntervalsCoverTheMedianAsOftenAsTheySay) {
  std::mt19937_64 random(7);
  std::normal_distribution<double> normal(1, 0.1);
  int covered = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> values(300);
    for (double &value : values)
      value = normal(random);
    const Estimate estimate = estimateMedian(values, 500, uint64_t(i));
    covered += estimate.low <= 1 && 1 <= estimate.high;
  }
  EXPECT_GE(covered, 178);
  EXPECT_LE(covered, 199);
}

TEST(Statistics, ABoundHoldsByMedianAndFarEnd) {
  EXPECT_TRUE(holdsAtLeast({.median = 0.98, .low = 0.97, .high = 1}, 0.98));
  EXPECT_FALSE(holdsAtLeast({.median = 0.979, .low = 0.978, .high = 1}, 0.98));
  EXPECT_FALSE(holdsAtLeast({.median = 1, .low = 0.969, .high = 1.1}, 0.98));
  EXPECT_TRUE(holdsAtMost({.median = 1.03, .low = 1, .high = 1.04}, 1.03));
  EXPECT_FALSE(holdsAtMost({.median = 1.031, .low = 1, .high = 1.032}, 1.03));
  EXPECT_FALSE(holdsAtMost({.median = 1, .low = 0.9, .high = 1.041}, 1.03));
}

} // namespace
} // namespace weft::turns
