// What is known of commands' times, from times that are given here.
#include "runtime/device/cpu/CommandCosts.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using std::chrono::nanoseconds;

const std::vector<Command> list = {{.kernel = 3, .groups = 10}, {.kernel = 4, .groups = 100}};

TEST(CommandCosts, TheLeastOfTheLastTwoCounts) {
  CommandCosts costs(2);
  costs.begin(1);
  EXPECT_EQ(costs.ofGroup(0, list[0]), 0);
  costs.add(0, list[0], 10, nanoseconds(1000));
  EXPECT_FLOAT_EQ(costs.ofGroup(0, list[0]), 100);
  costs.add(0, list[0], 5, nanoseconds(4'000'000)); // Interrupted.
  EXPECT_FLOAT_EQ(costs.ofGroup(0, list[0]), 100);
  costs.add(0, list[0], 10, nanoseconds(1200));
  EXPECT_FLOAT_EQ(costs.ofGroup(0, list[0]), 120);
  costs.add(0, list[0], 0, nanoseconds(7)); // Others did all.
  EXPECT_FLOAT_EQ(costs.ofGroup(0, list[0]), 120);
  EXPECT_EQ(costs.ofGroup(1, list[1]), 0);
}

TEST(CommandCosts, OtherKernelsAndOtherLengthsAreOthers) {
  CommandCosts costs(2);
  costs.begin(1);
  costs.add(0, list[0], 10, nanoseconds(1000));
  Command other = list[0];
  other.kernel = 9;
  EXPECT_EQ(costs.ofGroup(0, other), 0);
  costs.begin(64);
  EXPECT_EQ(costs.ofGroup(0, list[0]), 0);
  costs.begin(1);
  EXPECT_FLOAT_EQ(costs.ofGroup(0, list[0]), 100);
  for (int64_t tokens : {0, 1, 2, 127, 128, 1 << 30})
    costs.begin(tokens); // Within bounds.
}

TEST(CommandCosts, MeasuresTheFirstRunsAndThenFew) {
  CommandCosts costs(2);
  int measured = 0;
  for (int run = 0; run < 4; ++run)
    measured += costs.begin(1);
  EXPECT_EQ(measured, 4);
  for (int run = 0; run < 640; ++run)
    measured += costs.begin(1);
  EXPECT_EQ(measured, 4 + 20);
}

TEST(CommandCosts, SharesWhatSavesMoreThanAWakeUp) {
  auto worth = [](int64_t first, int64_t second, unsigned threads) {
    CommandCosts costs(2);
    costs.begin(1);
    costs.add(0, list[0], 10, nanoseconds(first));
    costs.add(1, list[1], 100, nanoseconds(second));
    return costs.worthSharing(list, threads);
  };
  EXPECT_FALSE(worth(1'000, 1'000, 2));
  EXPECT_FALSE(worth(100, 15'000, 2));
  EXPECT_TRUE(worth(100, 15'000, 4));
  EXPECT_TRUE(worth(100'000, 100'000, 2));
}

TEST(CommandCosts, SharesWhatIsNotKnown) {
  CommandCosts costs(2);
  costs.begin(1);
  EXPECT_TRUE(costs.worthSharing(list, 2));
  costs.add(0, list[0], 10, nanoseconds(100));
  costs.begin(1);
  EXPECT_TRUE(costs.worthSharing(list, 2));
}

} // namespace
} // namespace weft::test
