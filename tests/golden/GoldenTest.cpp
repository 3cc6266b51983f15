// Artifacts of earlier compilers give the bits that they gave then; README.md says how they were
// made.

#include "runtime/program/Session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

namespace weft::test {
namespace {

/// A line of expected.txt.
struct GoldenFile {
  std::string name;
  uint64_t hash = 0;
  std::vector<int32_t> tokens; // the prompt too
};

const std::string folder = WEFT_SOURCE_DIR "/tests/golden/";
constexpr int32_t promptTokens = 40, vocabulary = 320;
constexpr size_t allTokens = 64;

std::vector<GoldenFile> goldenFiles() {
  std::vector<GoldenFile> result;
  std::ifstream file(folder + "expected.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    GoldenFile golden;
    words >> golden.name >> std::hex >> golden.hash >> std::dec;
    for (int32_t i = 0; i < promptTokens; ++i)
      golden.tokens.push_back((i * 37 + 11) % vocabulary);
    for (int32_t id; words >> id;)
      golden.tokens.push_back(id);
    result.push_back(golden);
  }
  return result;
}

uint64_t fnv1a(std::span<const float> values) {
  uint64_t hash = 0xcbf29ce484222325;
  for (std::byte byte : std::as_bytes(values))
    hash = (hash ^ uint64_t(byte)) * 0x100000001b3;
  return hash;
}

class Golden : public ::testing::TestWithParam<GoldenFile> {
protected:
  void SetUp() override {
    ASSERT_EQ(GetParam().tokens.size(), allTokens);
    auto opened = Artifact::open(folder + GetParam().name);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    artifact.emplace(std::move(*opened));
  }

  /// Logits of all tokens, `perCall` tokens a call.
  std::vector<float> logits(size_t perCall, unsigned threads) {
    auto session = Session::open(*artifact, {.threads = threads, .rows = allTokens});
    EXPECT_TRUE(session.has_value()) << session.error().message;
    if (!session)
      return {};
    std::vector<int32_t> positions(allTokens), sequences(allTokens, 0);
    std::iota(positions.begin(), positions.end(), 0);
    std::vector<float> result;
    for (size_t i = 0; i < allTokens; i += perCall) {
      size_t count = std::min(perCall, allTokens - i);
      auto part = (*session)->forward(
          {std::span(GetParam().tokens).subspan(i, count), std::span(positions).subspan(i, count),
           std::span(sequences).subspan(i, count), std::span(positions).first(count)});
      EXPECT_TRUE(part.has_value()) << part.error().message;
      if (!part)
        return {};
      result.insert(result.end(), part->begin(), part->end());
    }
    return result;
  }

  /// The id of the largest logit of `row` among those that are not in `said`.
  static int32_t nextToken(std::span<const float> row, std::span<const int32_t> said) {
    int32_t best = -1;
    for (int32_t id = 0; id < int32_t(row.size()); ++id)
      if (std::ranges::find(said, id) == said.end() &&
          (best < 0 || row[size_t(id)] > row[size_t(best)]))
        best = id;
    return best;
  }

  std::optional<Artifact> artifact;
};

TEST_P(Golden, GivesTheSameBits) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    GTEST_SKIP() << "the code is for x86-64-v3";
#else
  GTEST_SKIP() << "the code is for x86-64-v3";
#endif
  for (auto [perCall, threads] :
       {std::pair<size_t, unsigned>(1, 1), {1, 2}, {7, 2}, {allTokens, 3}}) {
    const std::vector<float> found = logits(perCall, threads);
    ASSERT_EQ(found.size(), allTokens * vocabulary);
    EXPECT_EQ(fnv1a(found), GetParam().hash)
        << perCall << " tokens a call, " << threads << " threads";
    for (size_t i = promptTokens; i < allTokens; ++i)
      EXPECT_EQ(nextToken(std::span(found).subspan((i - 1) * vocabulary, vocabulary),
                          std::span(GetParam().tokens).first(i)),
                GetParam().tokens[i])
          << "token " << i;
  }
}

TEST_P(Golden, SaysHowItIsMade) {
  const schema::Artifact &metadata = artifact->metadata();
  EXPECT_EQ(metadata.vocabulary(), uint32_t(vocabulary));
  ASSERT_EQ(metadata.programs()->size(), 1u);
  EXPECT_EQ(metadata.programs()->Get(0)->processor()->str(), "x86-64-v3");
}

INSTANTIATE_TEST_SUITE_P(All, Golden, ::testing::ValuesIn(goldenFiles()), [](const auto &info) {
  std::string name = info.param.name.substr(0, info.param.name.find('.'));
  std::ranges::replace(name, '-', '_');
  return name;
});

} // namespace
} // namespace weft::test
