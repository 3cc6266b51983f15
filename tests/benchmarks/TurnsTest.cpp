// The program, with sides that say how long they took: nothing here is timed.
#include "tests/Shared.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <sys/wait.h>
#include <vector>

namespace {

struct Outcome {
  int code = -1;
  std::string out;
};

Outcome turns(const std::string &arguments) {
  Outcome outcome;
  FILE *pipe = ::popen((std::string(WEFT_TURNS) + " " + arguments + " 2>&1").c_str(), "r");
  if (!pipe)
    return outcome;
  std::array<char, 4096> buffer;
  while (size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.out.append(buffer.data(), count);
  const int status = ::pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

/// A side of which a step takes so long, by what it says.
std::string side(const std::string &seconds) {
  return " \"sh -c 'while read line; do echo " + seconds + "; done'\"";
}

TEST(Turns, RatioIsHowManyTimesAsFastTheFirstIs) {
  const Outcome outcome = turns(side("0.01") + side("0.02") + " --json --at-least 1.9");
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["ratio"]["median"], 2.0);
  EXPECT_EQ(json["ratio"]["low"], 2.0);
  EXPECT_EQ(json["ratio"]["high"], 2.0);
  EXPECT_EQ(json["pairs"], 300);
  EXPECT_EQ(json["steps_a_turn"], 1);
  EXPECT_EQ(json["narrow"], true);
  EXPECT_EQ(json["holds"], true);
  EXPECT_EQ(json["seconds"], (std::vector{0.01, 0.02}));
  EXPECT_FALSE(json["processor"].get<std::string>().empty());
}

TEST(Turns, ExitCodeSaysWhetherTheBoundHolds) {
  const std::string both = side("0.02") + side("0.01") + " --pairs 10";
  EXPECT_EQ(turns(both + " --at-least 0.5").code, 0);
  EXPECT_EQ(turns(both + " --at-least 0.52").code, 1);
  EXPECT_EQ(turns(both + " --at-most 0.5").code, 0);
  EXPECT_EQ(turns(both + " --at-most 0.48").code, 1);
  EXPECT_EQ(turns(both).code, 0);
}

// Its steps take 10 and 30 ms by turns, so that the median of the ratios stays uncertain.
TEST(Turns, PairsAreAddedUntilTheIntervalIsNarrow) {
  const std::string uncertain =
      " \"sh -c 'while read a; do echo 0.01; read b; echo 0.03; done'\"" + side("0.01");
  const Outcome outcome = turns(uncertain + " --pairs 20 --most-pairs 120 --json");
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["pairs"], 120);
  EXPECT_EQ(json["narrow"], false);
}

TEST(Turns, ShortStepsAreTakenSeveralATurn) {
  const Outcome outcome = turns(side("0.001") + side("0.0001") + " --pairs 5 --json");
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["steps_a_turn"], 3); // of the slower side, 2 ms and the one begun
  EXPECT_NEAR(json["ratio"]["median"].get<double>(), 0.1, 1e-9);
}

// A says 10 ms after its first start, 20 after its second and 30 after its third.
TEST(Turns, LoadsStartBothSidesAnew) {
  weft::test::TemporaryFolder folder;
  const std::string starts = (folder.path() / "starts").string();
  const std::string counting = " \"sh -c 'echo >> " + starts + "; n=\\$(wc -l < " + starts +
                               "); while read line; do echo 0.0\\$n; done'\"";
  const Outcome outcome = turns(counting + side("0.06") + " --pairs 10 --loads 3 --width 9 --json");
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["pairs"], 12); // as many for each load
  const auto medians = json["medians_of_loads"].get<std::vector<double>>();
  ASSERT_EQ(medians.size(), 3u) << outcome.out;
  EXPECT_NEAR(medians[0], 6, 1e-9);
  EXPECT_NEAR(medians[1], 3, 1e-9);
  EXPECT_NEAR(medians[2], 2, 1e-9);
  EXPECT_NEAR(json["ratio"]["median"].get<double>(), 3, 1e-9);
}

TEST(Turns, SaysWhatIsWrong) {
  EXPECT_EQ(turns("/nowhere /nowhere").code, 2);
  EXPECT_EQ(turns("only-one").code, 2);
  const Outcome ended = turns(side("0.01") + " \"sh -c 'read line'\"");
  EXPECT_EQ(ended.code, 2);
  EXPECT_NE(ended.out.find("turns: expected a line from B"), std::string::npos) << ended.out;
  weft::test::TemporaryFolder empty;
  const Outcome build = turns(empty.path().string() + side("1"));
  EXPECT_EQ(build.code, 2);
  EXPECT_NE(build.out.find("--model"), std::string::npos) << build.out;
}

} // namespace
