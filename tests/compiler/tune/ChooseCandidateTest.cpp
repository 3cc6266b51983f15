// The logic of choosing, with times that the test makes up.

#include "compiler/tune/ChooseCandidate.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using ::testing::ElementsAre;
using tune::choose;

/// Runs of candidates whose times are given, in the order in which they were asked for.
class FakeRuns {
public:
  explicit FakeRuns(std::vector<double> seconds) : seconds(std::move(seconds)) {}

  Result<double> operator()(size_t candidate) {
    order.push_back(candidate);
    return seconds[candidate];
  }

  std::vector<double> seconds;
  std::vector<size_t> order;
};

constexpr tune::ChoiceOptions three = {.seconds = 0, .fewestRounds = 3};

TEST(Choice, TakesTheFastestWhereItLeadsTwice) {
  FakeRuns runs({1.0, 0.9, 0.7, 0.8});
  auto choice = choose(4, std::ref(runs), three);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->chosen, 2u);
  EXPECT_EQ(choice->times[1].first, 0.9);
  EXPECT_EQ(choice->times[1].again, 0);
  EXPECT_EQ(choice->times[0].again, 1.0);
  EXPECT_EQ(choice->times[2].again, 0.7);
  // In turn, beginning with another each round; then the two that matter.
  EXPECT_THAT(runs.order, ElementsAre(0, 1, 2, 3, 1, 2, 3, 0, 2, 3, 0, 1, 0, 2, 2, 0, 0, 2));
}

TEST(Choice, KeepsTheFirstUnlessAnotherIsClearlyFaster) {
  for (double close : {0.981, 1.0, 1.5}) {
    FakeRuns runs({1.0, close});
    auto choice = choose(2, std::ref(runs), three);
    ASSERT_TRUE(choice);
    EXPECT_EQ(choice->chosen, 0u) << close;
    EXPECT_EQ(runs.order.size(), 6u) << "nothing to measure again";
  }
  FakeRuns runs({1.0, 0.979});
  EXPECT_EQ(choose(2, std::ref(runs), three)->chosen, 1u);
}

TEST(Choice, LuckDoesNotLast) {
  // Candidate 2 leads the first series only.
  int runs = 0;
  auto run = [&](size_t candidate) -> Result<double> {
    return candidate == 2 && ++runs <= 3 ? 0.5 : 1.0;
  };
  auto choice = choose(3, run, three);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->chosen, 0u);
  EXPECT_EQ(choice->times[2].first, 0.5);
  EXPECT_EQ(choice->times[2].again, 1.0);
}

TEST(Choice, OneSlowRunDoesNotCount) {
  int runs = 0;
  auto run = [&](size_t candidate) -> Result<double> {
    return candidate == 0 ? 1.0 : ++runs % 3 == 1 ? 9.0 : 0.9;
  };
  auto choice = choose(2, run, three);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->chosen, 1u);
  EXPECT_EQ(choice->times[1].first, 0.9);
}

TEST(Choice, MeasuresForTheTimeGiven) {
  // Three candidates of 1, 2 and 3 seconds: 6 a round, a second series of none.
  for (auto [seconds, rounds] : {std::pair(0.0, 2), {13.0, 3}, {60.0, 10}, {1e9, 12}}) {
    FakeRuns runs({1.0, 2.0, 3.0});
    ASSERT_TRUE(
        choose(3, std::ref(runs), {.seconds = seconds, .fewestRounds = 2, .mostRounds = 12}));
    EXPECT_EQ(runs.order.size(), size_t(3 * rounds)) << seconds;
  }
}

TEST(Choice, OfOneIsNotMeasured) {
  auto run = [](size_t) -> Result<double> { return fail("not to be run"); };
  auto choice = choose(1, run);
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->chosen, 0u);
  EXPECT_EQ(choice->times.size(), 1u);
}

TEST(Choice, FailsWhereARunDoes) {
  int left = 7; // Within the second series.
  auto run = [&](size_t candidate) -> Result<double> {
    if (--left < 0)
      return fail("the device was lost");
    return candidate ? 0.5 : 1.0;
  };
  auto choice = choose(2, run, three);
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().message, "the device was lost");
}

} // namespace
} // namespace weft::test
