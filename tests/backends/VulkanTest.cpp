// The conformance suite on Vulkan: with all features that the device has and with none, under
// the validation layer. Skipped where there is no device.

#include "conformance/Suite.h"
#include "runtime/device/Registry.h"
#include "tests/Shared.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace weft::test {
namespace {

using conformance::Case;

struct Setting {
  const char *name;
  /// For WEFT_VULKAN_WITHOUT.
  const char *without;
  /// Every so many of the cases of an op are run, unless WEFT_EVERY_CASE is set.
  size_t step;
};

std::vector<std::string> ops() {
  std::vector<std::string> result;
  for (const Case &one : conformance::allCases())
    if (result.empty() || result.back() != one.op)
      result.push_back(one.op);
  return result;
}

class VulkanConformance : public ::testing::TestWithParam<std::tuple<Setting, std::string>> {
protected:
  void SetUp() override {
    ::setenv("WEFT_VULKAN_VALIDATE", "1", 1);
    if (auto device = makeDevice("vulkan"); !device)
      GTEST_SKIP() << device.error().message;
  }
  void TearDown() override {
    ::unsetenv("WEFT_VULKAN_VALIDATE");
    ::unsetenv("WEFT_VULKAN_WITHOUT");
  }
};

INSTANTIATE_TEST_SUITE_P(
    Settings, VulkanConformance,
    ::testing::Combine(
        ::testing::Values(Setting{"AllFeatures", "", 3},
                          Setting{"NoFeatures",
                                  "texel-streams,texel-images,subgroups,integer-dot,storage-16",
                                  9}),
        ::testing::ValuesIn(ops())),
    [](const auto &info) {
      std::string name = std::get<0>(info.param).name + ("_" + std::get<1>(info.param));
      for (char &letter : name)
        if (!std::isalnum(static_cast<unsigned char>(letter)))
          letter = '_';
      return name;
    });

TEST_P(VulkanConformance, ComputesWhatTheReferenceDoes) {
  const auto &[setting, op] = GetParam();
  ::setenv("WEFT_VULKAN_WITHOUT", setting.without, 1);
  std::vector<Case> cases;
  size_t seen = 0;
  for (Case &one : conformance::allCases())
    if (one.op == op && (seen++ % setting.step == 0 || everyCaseWanted()))
      cases.push_back(std::move(one));
  auto outcomes =
      conformance::run(cases, {.device = "vulkan", .threads = 1, .writeCases = {}, .progress = {}});
  ASSERT_TRUE(outcomes.has_value()) << outcomes.error().message;
  for (const conformance::Outcome &outcome : *outcomes) {
    EXPECT_EQ(nameOf(outcome.verdict), "passed") << outcome.one->shape << ": " << outcome.message;
    EXPECT_EQ(outcome.elsewhere, 0u) << outcome.one->shape;
    EXPECT_TRUE(outcome.sameBits) << outcome.one->shape << ": token by token gives other bits";
  }
}

TEST(VulkanDevice, OfAFeatureThatThereIsNotIsRefused) {
  ::setenv("WEFT_VULKAN_WITHOUT", "wings", 1);
  auto device = makeDevice("vulkan");
  ::unsetenv("WEFT_VULKAN_WITHOUT");
  ASSERT_FALSE(device.has_value());
  EXPECT_NE(device.error().message.find("found 'wings'"), std::string::npos)
      << device.error().message;
}

TEST(VulkanDevice, BeyondThoseThereAreIsRefused) {
  auto device = makeDevice("vulkan:99");
  ASSERT_FALSE(device.has_value());
}

} // namespace
} // namespace weft::test
