// Whether the conformance suite finds wrong kernels: a backend that makes one mistake has to fail
// the case which is there to find it, and the same backend without a mistake has to pass.

#include "tests/conformance/Mutant.h"
#include "conformance/Suite.h"

#include <gtest/gtest.h>

#include <set>

namespace weft::test {
namespace {

using conformance::Case;
using conformance::Outcome;

/// Registers the mutant before the first case, and has it make no mistakes after each.
class ConformanceSuite : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    static const auto registered = registerMutant();
    ASSERT_TRUE(registered.has_value()) << registered.error().message;
  }
  void TearDown() override { makeMistake(nullptr); }

  static std::optional<Case> caseOf(const Mutant &mutant) {
    for (Case &one : conformance::allCases())
      if (one.op == mutant.op && one.shape == mutant.shape)
        return std::move(one);
    return std::nullopt;
  }
  static std::vector<Outcome> run(std::span<const Case> cases) {
    auto outcomes =
        conformance::run(cases, {.device = mutantTarget, .writeCases = {}, .progress = {}});
    EXPECT_TRUE(outcomes.has_value()) << outcomes.error().message;
    return outcomes.value_or(std::vector<Outcome>());
  }
};

class Mistakes : public ConformanceSuite, public ::testing::WithParamInterface<Mutant> {};

INSTANTIATE_TEST_SUITE_P(All, Mistakes, ::testing::ValuesIn(allMutants()),
                         [](const auto &info) { return info.param.name; });

TEST_P(Mistakes, AreFound) {
  const Mutant &mutant = GetParam();
  std::optional<Case> one = caseOf(mutant);
  ASSERT_TRUE(one.has_value()) << "no case '" << mutant.op << ": " << mutant.shape << "'";
  makeMistake(&mutant);
  for (const Outcome &outcome : run({&*one, 1})) {
    EXPECT_EQ(nameOf(outcome.verdict), "failed") << "with an error of " << outcome.error;
    EXPECT_TRUE(outcome.message.starts_with(mutant.message)) << outcome.message;
  }
}

TEST_F(ConformanceSuite, PassesABackendWithoutMistakes) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<Case> cases;
  for (const Mutant &mutant : allMutants())
    if (seen.insert({mutant.op, mutant.shape}).second)
      if (std::optional<Case> one = caseOf(mutant))
        cases.push_back(std::move(*one));
  for (const Outcome &outcome : run(cases)) {
    EXPECT_EQ(nameOf(outcome.verdict), "passed")
        << outcome.one->op << ": " << outcome.one->shape << ": " << outcome.message;
    EXPECT_TRUE(outcome.sameBits) << outcome.one->op << ": " << outcome.one->shape;
  }
}

} // namespace
} // namespace weft::test
