#include "runtime/generate/speculate/DraftLength.h"

#include <gtest/gtest.h>

using namespace weft;

namespace {

TEST(DraftLength, GrowsWhileGuessesAreRight) {
  DraftLength length;
  EXPECT_EQ(length.next(100), 4u);
  length.report(4, 4);
  EXPECT_EQ(length.next(100), 8u);
  length.report(8, 8);
  length.report(16, 16);
  EXPECT_EQ(length.next(100), 16u);
  EXPECT_EQ(length.next(5), 5u) << "room for no more";
  length.report(5, 5);
  EXPECT_EQ(length.next(100), 16u);
}

TEST(DraftLength, ShrinksToWhatWasRight) {
  DraftLength length;
  length.report(4, 4);
  length.report(8, 5);
  EXPECT_EQ(length.next(100), 6u);
  length.report(6, 1);
  EXPECT_EQ(length.next(100), 3u);
}

TEST(DraftLength, PausesLongerAndLongerWhileNothingIsRight) {
  DraftLength length;
  for (int pause : {1, 3, 7, 15, 15}) {
    EXPECT_GT(length.next(100), 0u);
    length.report(2, 0);
    for (int i = 0; i < pause; ++i)
      EXPECT_EQ(length.next(100), 0u);
  }
  EXPECT_EQ(length.next(100), 1u);
  length.report(1, 1);
  EXPECT_EQ(length.next(100), 2u);
}

} // namespace
