#include "benchmarks/turns/Side.h"

#include <gtest/gtest.h>

#include <csignal>

namespace weft::turns {
namespace {

Side shell(const std::string &script) {
  std::signal(SIGPIPE, SIG_IGN);
  auto side = Side::start("A", {"/bin/sh", "-c", script});
  EXPECT_TRUE(side) << side.error().message;
  return std::move(*side);
}

TEST(Side, SumsTheSecondsThatItIsTold) {
  Side side = shell("while read line; do echo 0.25; done");
  EXPECT_EQ(side.steps(1).value(), 0.25);
  EXPECT_EQ(side.steps(3).value(), 0.75);
}

TEST(Side, TimesWhatDoesNotTell) {
  Side side = shell("while read line; do echo done; done");
  EXPECT_GT(side.steps(2).value(), 0);
}

TEST(Side, AnswersMayComeInPieces) {
  Side side = shell("while read line; do printf 0.; sleep 0.01; echo 5; done");
  EXPECT_EQ(side.steps(2).value(), 1);
}

TEST(Side, OneThatEndsIsAnError) {
  Side side = shell("read line; echo 1");
  EXPECT_EQ(side.steps(1).value(), 1);
  const auto after = side.steps(1);
  ASSERT_FALSE(after);
  EXPECT_NE(after.error().message.find("A"), std::string::npos);
  EXPECT_NE(after.error().message.find("ended"), std::string::npos);
}

TEST(Side, SecondsAreAboveZero) {
  for (const char *answer : {"0", "-1", "inf", "nan"}) {
    Side side = shell(std::string("while read line; do echo ") + answer + "; done");
    const auto seconds = side.steps(1);
    ASSERT_FALSE(seconds) << answer;
    EXPECT_NE(seconds.error().message.find(answer), std::string::npos) << seconds.error().message;
  }
}

TEST(Side, AProgramThatIsNotThereIsAnError) {
  auto side = Side::start("A", {"/nowhere/program"});
  ASSERT_TRUE(side);
  EXPECT_FALSE(side->steps(1));
}

} // namespace
} // namespace weft::turns
