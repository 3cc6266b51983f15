// The cache of keys and values: its types, its size, and contexts longer than the tests of
// single kernels have.

#include "tests/end_to_end/Command.h"

#include <gmock/gmock.h>

namespace weft::test {
namespace {

using ::testing::HasSubstr;

using Cache = CommandTest;

TEST_F(Cache, IsCountedToTheByte) {
  // 5 layers of 4 heads of 32, keys and values; 500 positions are 8 pages of 64.
  for (auto [type, bytes] : {std::pair{"f32", 1024}, {"f16", 512}, {"q8", 2 * 4 * (32 + 2)}}) {
    takeModel(demo, std::string("--kv ") + type);
    EXPECT_THAT(runWell(weft + " inspect " + artifact + " --context 500 --json"),
                HasSubstr("\"states\": " + std::to_string(5 * 512 * bytes)))
        << type;
  }
}

TEST_F(Cache, OfAnUnknownTypeIsRefused) {
  CommandResult result = run(weftc + " " + demo + " -o " + artifact + " --kv q3");
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("q8"));
}

} // namespace
} // namespace weft::test
