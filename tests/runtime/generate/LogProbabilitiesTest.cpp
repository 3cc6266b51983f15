#include "runtime/generate/sampling/LogProbabilities.h"

#include "runtime/generate/sampling/Logarithm.h"
#include "runtime/generate/sampling/Random.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <numeric>

using namespace weft;

namespace {

TEST(Logarithm, AgreesWithTheLibrary) {
  EXPECT_EQ(logarithm(1), 0.0);
  for (double x = 1e-300; x < 1e300; x *= 1.37)
    EXPECT_NEAR(logarithm(x), std::log(x), 4.5e-16 * std::max(1e-300, std::abs(std::log(x)))) << x;
  for (double x = 0.5; x < 2; x += 0.00037)
    EXPECT_NEAR(logarithm(x), std::log(x), 1e-15 * std::abs(std::log(x))) << x;
}

TEST(LogProbabilities, AreThoseOfTheSoftmax) {
  Random random(3);
  for (size_t size : {1, 3, 31, 1000}) {
    std::vector<float> logits(size);
    for (float &logit : logits)
      logit = float(20 * random.uniform() - 10);
    double sum = 0;
    for (float logit : logits)
      sum += std::exp(double(logit));
    const auto id = int32_t(size / 2);
    const LogProbabilities found = logProbabilities(logits, id, 5);
    EXPECT_NEAR(found.taken, logits[size_t(id)] - std::log(sum), 1e-12);
    std::vector<int32_t> ids(size);
    std::iota(ids.begin(), ids.end(), 0);
    std::ranges::sort(ids, {}, [&](int32_t i) { return std::pair(-logits[size_t(i)], i); });
    ASSERT_EQ(found.best.size(), std::min<size_t>(5, size));
    for (size_t i = 0; i < found.best.size(); ++i) {
      EXPECT_EQ(found.best[i].id, ids[i]);
      EXPECT_NEAR(found.best[i].value, logits[size_t(ids[i])] - std::log(sum), 1e-12);
    }
  }
}

TEST(LogProbabilities, OfEqualTokensTheLowerIdComesFirst) {
  const std::vector<float> logits = {1, 2, 1, 2, 2, 1};
  EXPECT_EQ(mostLikelyIds(logits, 4), (std::vector<int32_t>{1, 3, 4, 0}));
  EXPECT_EQ(mostLikelyIds(logits, 9), (std::vector<int32_t>{1, 3, 4, 0, 2, 5}));
  EXPECT_TRUE(mostLikelyIds(logits, 0).empty());
}

} // namespace
