#include "runtime/text/train/unigram/SeedPieces.h"

#include <gmock/gmock.h>

namespace weft::text {
namespace {

std::vector<std::string> seeds(const std::vector<CountedText> &texts, size_t longest, size_t most) {
  auto found = seedPieces(texts, longest, most);
  EXPECT_TRUE(found.has_value());
  std::vector<std::string> pieces;
  for (const SeedPiece &piece : *found)
    pieces.push_back(piece.text + " " + std::to_string(piece.count));
  return pieces;
}

TEST(SeedPieces, AreSubstringsThatGoOnInTwoWays) {
  // "ab" goes on with "a" or ends; "aba" with "b" or "c"; "ba" likewise; "abab" in no way.
  EXPECT_THAT(seeds({{"abab", 3}, {"xy", 1}, {"abac", 2}}, 16, 100),
              testing::UnorderedElementsAre("aba 5", "ab 8", "ba 5"));
}

TEST(SeedPieces, AreNotTheEndsOfAllTextsThatHaveThem) {
  EXPECT_THAT(seeds({{"aing", 5}, {"bing", 7}}, 16, 100), testing::IsEmpty());
  EXPECT_THAT(seeds({{"aing", 5}, {"bing", 7}, {"cings", 1}}, 16, 100),
              testing::UnorderedElementsAre("ing 13", "ng 13"));
}

TEST(SeedPieces, AreCutByLengthAndNumber) {
  EXPECT_THAT(seeds({{"aaaaaaaa", 2}}, 3, 100), testing::UnorderedElementsAre("aaa 12", "aa 14"));
  EXPECT_THAT(seeds({{"aaaaaaaa", 2}}, 3, 1), testing::ElementsAre("aaa 12"));
}

TEST(SeedPieces, EndAtWholeCharacters) {
  // é and è share their first byte.
  EXPECT_THAT(seeds({{"aé", 1}, {"aè", 1}, {"aéb", 1}}, 16, 100), testing::ElementsAre("aé 2"));
}

} // namespace
} // namespace weft::text
