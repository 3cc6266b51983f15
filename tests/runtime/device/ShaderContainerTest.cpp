// The container of SPIR-V modules: what is written reads back, and no bytes are believed.

#include "runtime/device/vulkan/ShaderContainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace weft::vulkan {
namespace {

using ::testing::HasSubstr;

ShaderKernel sample(uint32_t bindings, std::vector<uint32_t> streams, uint32_t tail) {
  return {bindings,
          4,
          std::move(streams),
          {{FeatureTexelStreams, {0x07230203, 0x00010500, 0, 1, 0, tail}},
           {0, {0x07230203, 0x00010500, 0, 1, 0}}}};
}

std::span<const std::byte> bytesOf(const std::vector<char> &code) {
  return std::as_bytes(std::span(code));
}

class Container : public ::testing::Test {
protected:
  Container() {
    std::vector<ShaderKernel> kernels = {sample(3, {0, 2}, 7), sample(1, {}, 8)};
    packed = packShaders(kernels);
  }
  void put(size_t word, uint32_t value) { std::memcpy(&packed.code[word * 4], &value, 4); }
  std::string errorOf(size_t kernel) {
    auto read = unpackShader(bytesOf(packed.code), packed.entries[kernel]);
    return read ? "" : read.error().message;
  }

  PackedShaders packed;
};

TEST_F(Container, ReadsBackWhatWasWritten) {
  ASSERT_TRUE(checkShaders(bytesOf(packed.code)).has_value());
  auto first = unpackShader(bytesOf(packed.code), packed.entries[0]);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(first->bindings, 3u);
  EXPECT_EQ(first->lanes, 4u);
  EXPECT_EQ(first->streams, (std::vector<uint32_t>{0, 2}));
  ASSERT_EQ(first->modules.size(), 2u);
  EXPECT_EQ(first->modules[0].features, uint32_t(FeatureTexelStreams));
  EXPECT_EQ(first->modules[0].spirv.back(), 7u);
  auto second = unpackShader(bytesOf(packed.code), packed.entries[1]);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->modules[0].spirv.back(), 8u);
}

TEST_F(Container, RefusesOtherBytesAndVersions) {
  EXPECT_FALSE(checkShaders({}).has_value());
  put(1, 2);
  auto newer = checkShaders(bytesOf(packed.code));
  ASSERT_FALSE(newer.has_value());
  EXPECT_THAT(newer.error().message, HasSubstr("version 1, found version 2"));
  put(1, 1);
  packed.code.push_back(0);
  EXPECT_FALSE(checkShaders(bytesOf(packed.code)).has_value());
}

TEST_F(Container, RefusesEveryNumberThatPointsOutside) {
  size_t kernel = packed.entries[0] / 4;
  EXPECT_THAT(unpackShader(bytesOf(packed.code), packed.code.size()).error().message,
              HasSubstr("entry"));
  EXPECT_THAT(unpackShader(bytesOf(packed.code), packed.entries[0] + 1).error().message,
              HasSubstr("entry"));
  struct {
    size_t word;
    uint32_t value;
    const char *says;
  } const wrong[] = {{0, 257, "at most 256 bindings"},
                     {1, 65, "64 lanes"},
                     {2, 16, "15 streams"},
                     {3, 0, "1 to 16 modules"},
                     {3, 17, "1 to 16 modules"},
                     {4, 3, "below 3 bindings"},
                     {6, 1u << 31, "features"},
                     {7, 2, "inside"},
                     {7, 0xfffffffc, "inside"},
                     {8, 0xffffffff, "inside"},
                     {8, 4, "SPIR-V"}};
  for (auto [word, value, says] : wrong) {
    uint32_t before;
    std::memcpy(&before, &packed.code[(kernel + word) * 4], 4);
    put(kernel + word, value);
    EXPECT_THAT(errorOf(0), HasSubstr(says)) << word << " = " << value;
    put(kernel + word, before);
  }
  EXPECT_EQ(errorOf(0), "");
}

TEST_F(Container, SurvivesRandomBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::vector<char> code = packed.code;
    for (int change = 0; change < 3; ++change)
      code[random() % code.size()] = char(random());
    code.resize(random() % 8 ? code.size() : random() % code.size());
    for (uint64_t entry : packed.entries)
      (void)unpackShader(bytesOf(code), entry);
  }
}

TEST(Features, HaveNames) {
  for (uint32_t features = 0; features <= allFeatures; ++features)
    if (features)
      EXPECT_EQ(*featuresOf(namesOf(features)), features);
  EXPECT_EQ(namesOf(0), "none");
  auto unknown = featuresOf("subgroups,wings");
  ASSERT_FALSE(unknown.has_value());
  EXPECT_THAT(unknown.error().message, HasSubstr("texel-streams, subgroups"));
  EXPECT_THAT(featuresOf("wi\nngs").error().message, HasSubstr("'wi\\x0angs'"));
}

} // namespace
} // namespace weft::vulkan
