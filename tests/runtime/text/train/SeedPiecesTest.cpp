#include "runtime/text/train/SeedPieces.h"

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

TEST(SeedPieces, AreSubstringsThatRepeat) {
  // "aba" lies in the first and third, "abab" in one text that occurs three times.
  EXPECT_THAT(seeds({{"abab", 3}, {"xy", 1}, {"abac", 2}}, 16, 100),
              testing::UnorderedElementsAre("abab 3", "aba 5", "ab 8", "bab 3", "abac 2", "bac 2",
                                            "ac 2", "ba 5"));
}

TEST(SeedPieces, AreCutByLengthAndNumber) {
  EXPECT_THAT(seeds({{"aaaaaaaa", 2}}, 3, 100), testing::UnorderedElementsAre("aaa 12", "aa 14"));
  EXPECT_THAT(seeds({{"aaaaaaaa", 2}}, 3, 1), testing::ElementsAre("aaa 12"));
}

TEST(SeedPieces, EndAtWholeCharacters) {
  // é and è share their first byte.
  EXPECT_THAT(seeds({{"aé", 1}, {"aè", 1}, {"aéb", 1}}, 16, 100),
              testing::ElementsAre("aé 2"));
}

} // namespace
} // namespace weft::text
