#include "runtime/generate/sampling/ApplyMask.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace weft {
namespace {

TEST(ApplyMask, LeavesOutWhatIsNotSet) {
  std::mt19937_64 random(1);
  for (size_t size : {1, 31, 63, 64, 65, 128, 200, 1000}) {
    std::vector<float> logits(size);
    for (size_t i = 0; i < size; ++i)
      logits[i] = float(i) - 50;
    std::vector<uint64_t> bits((size + 63) / 64);
    for (size_t i = 0; i < bits.size(); ++i)
      bits[i] = i % 3 == 0 ? random() : i % 3 == 1 ? 0 : ~uint64_t(0);
    applyMask(logits, bits);
    for (size_t i = 0; i < size; ++i) {
      const bool isSet = bits[i / 64] >> (i % 64) & 1;
      EXPECT_EQ(logits[i], isSet ? float(i) - 50 : -INFINITY) << i << " of " << size;
    }
  }
}

TEST(ApplyMask, TheMostLikelyOfWhatIsSet) {
  std::mt19937_64 random(2);
  for (size_t size : {1, 7, 31, 63, 64, 65, 128, 200, 1000})
    for (int round = 0; round < 20; ++round) {
      std::vector<float> logits(size);
      for (float &logit : logits) // many are equal
        logit = random() % 5 == 0 ? -INFINITY : float(random() % 6) - 3;
      std::vector<uint64_t> bits((size + 63) / 64);
      for (uint64_t &word : bits)
        word = random() % 3 == 0 ? random() & random() : random() % 2 == 0 ? 0 : ~uint64_t(0);
      std::vector<float> masked = logits;
      applyMask(masked, bits);
      const auto best = std::ranges::max_element(masked); // the first of equal ones
      EXPECT_EQ(mostLikelyOf(logits, bits), *best == -INFINITY ? -1 : best - masked.begin())
          << size;
    }
}

} // namespace
} // namespace weft
