// What peaks are measured with, without looking at how fast it is.
#include "runtime/cli/measure/Bandwidth.h"
#include "runtime/cli/measure/PeakOperations.h"

#include <gmock/gmock.h>
#include <random>

namespace weft::cli {
namespace {

TEST(Crew, EachThreadRunsOnceARun) {
  for (unsigned threads : {1u, 2u, 5u}) {
    auto crew = Crew::make(threads);
    ASSERT_TRUE(crew);
    std::vector<std::atomic<int>> runs(threads);
    for (int run = 1; run <= 20; ++run) {
      EXPECT_GT((*crew)->run([&](unsigned thread) { ++runs[thread]; }), 0);
      for (const auto &each : runs)
        EXPECT_EQ(each, run);
    }
  }
}

// A way that left bytes out would seem fast.
TEST(ReadWays, AllReadEveryByte) {
  constexpr size_t words = 3 * 4096 / 8;
  alignas(64) static uint64_t memory[words];
  std::mt19937_64 random(3);
  uint64_t expected = 0, whatever = 0;
  for (uint64_t &word : memory)
    expected += word = random();
  const auto *bytes = reinterpret_cast<const std::byte *>(memory);
  for (bool wide : {false, true})
    for (unsigned streams : {1, 2, 4})
      for (size_t ahead : {0, 8192}) {
        const ReadWay way = {.wide = wide, .streams = streams, .ahead = ahead};
        EXPECT_EQ(readMemory(way, bytes, sizeof memory), expected) << way.describe();
      }
  // Where it computes, a change of any word changes the result.
  const ReadWay way = {.streams = 2, .computes = true};
  whatever = readMemory(way, bytes, sizeof memory);
  for (size_t word : {size_t(0), words / 2 - 1, words / 2, words - 1}) {
    memory[word] ^= 1;
    EXPECT_NE(readMemory(way, bytes, sizeof memory), whatever) << word;
    memory[word] ^= 1;
  }
}

TEST(ReadBandwidth, ReadsAsManyBytesAsAskedFor) {
  std::vector<std::byte> weights(1'000'003, std::byte(1));
  for (uint64_t bytes : {uint64_t(1), uint64_t(44), uint64_t(300'000), uint64_t(1'000'000)}) {
    auto bandwidth = ReadBandwidth::find(2, weights, bytes);
    ASSERT_TRUE(bandwidth) << bandwidth.error().message;
    EXPECT_GT(bandwidth->measure(), 0);
    // In whole pages.
    EXPECT_LE(bandwidth->bytes(), std::max<uint64_t>(bytes, 4096));
    EXPECT_GT(bandwidth->bytes() + 8 * 4096, bytes);
    EXPECT_FALSE(bandwidth->way().copy);
  }
}

TEST(ReadBandwidth, NeedsNoWeights) {
  for (size_t size : {0, 1, 100}) {
    const std::vector<std::byte> few(size);
    auto bandwidth = ReadBandwidth::find(1, few, 100'000);
    ASSERT_TRUE(bandwidth) << bandwidth.error().message;
    EXPECT_GT(bandwidth->measure(), 0);
  }
}

TEST(PeakOperations, AreFound) {
  auto crew = Crew::make(2);
  ASSERT_TRUE(crew);
  const PeakOperations peak = measurePeakOperations(**crew);
  EXPECT_GT(peak.f32, 0);
  EXPECT_GT(peak.int8, 0);
}

} // namespace
} // namespace weft::cli
