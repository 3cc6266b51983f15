#include "runtime/generate/ApplyMask.h"

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

} // namespace
} // namespace weft
