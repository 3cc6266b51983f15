#include "runtime/device/vulkan/RecentlyUsed.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace weft::vulkan {
namespace {

TEST(RecentlyUsed, DropsWhatWasUnusedForLongest) {
  RecentlyUsed<int, std::string> map(3);
  std::vector<std::string> dropped;
  auto drop = [&](std::string &value) { dropped.push_back(value); };
  // The smallest key is in use all the time: it stays, whatever the order of the keys.
  map.add(0, drop) = "decode";
  for (int key = 1; key <= 6; ++key) {
    map.add(key, drop) = std::to_string(key);
    ASSERT_NE(map.find(0), nullptr);
  }
  EXPECT_EQ(dropped, (std::vector<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(*map.find(0), "decode");
  EXPECT_EQ(map.find(4), nullptr);
  EXPECT_EQ(*map.find(5), "5");
  map.erase(5);
  EXPECT_EQ(map.find(5), nullptr);
  std::string all;
  map.forEach([&](std::string &value) { all += value; });
  EXPECT_EQ(all, "decode6");
}

} // namespace
} // namespace weft::vulkan
