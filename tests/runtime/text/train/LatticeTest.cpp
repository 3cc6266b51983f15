#include "runtime/text/train/unigram/Lattice.h"

#include <cmath>
#include <gtest/gtest.h>

namespace weft::text {
namespace {

PieceTrie trieOf(const std::vector<std::string> &pieces) {
  PieceTrie trie;
  for (uint32_t i = 0; i < pieces.size(); ++i)
    trie.add(pieces[i], i);
  return trie;
}

TEST(Lattice, ExpectsPiecesByTheProbabilityOfTheirPaths) {
  Lattices lattices;
  lattices.add("aba", trieOf({"a", "b", "ab", "ba"}));
  const std::vector<double> p = {0.4, 0.3, 0.2, 0.1};
  // a b a, ab a, a ba.
  const double paths[] = {0.4 * 0.3 * 0.4, 0.2 * 0.4, 0.4 * 0.1};
  const double all = paths[0] + paths[1] + paths[2];
  std::vector<double> expected(4);
  ForwardBackward().run(lattices.edges(0), p,
                        [&](uint32_t piece, double share) { expected[piece] += share; });
  EXPECT_NEAR(expected[0], (2 * paths[0] + paths[1] + paths[2]) / all, 1e-12);
  EXPECT_NEAR(expected[1], paths[0] / all, 1e-12);
  EXPECT_NEAR(expected[2], paths[1] / all, 1e-12);
  EXPECT_NEAR(expected[3], paths[2] / all, 1e-12);
}

/// A product of ten thousand small probabilities is far below any double.
TEST(Lattice, CountsInLongTexts) {
  Lattices lattices;
  lattices.add(std::string(10'000, 'a'), trieOf({"a", "aa"}));
  const std::vector<double> p = {1e-12, 1e-24}; // so that every path has the same probability
  double single = 0, twice = 0;
  ForwardBackward().run(lattices.edges(0), p,
                        [&](uint32_t piece, double share) { (piece ? twice : single) += share; });
  EXPECT_NEAR(single + 2 * twice, 10'000, 1e-6);
  // Of the tilings with ones and twos: per place 1/sqrt(5) begin a one.
  EXPECT_NEAR(single / 10'000, 1 / std::sqrt(5.0), 1e-3);
}

TEST(Lattice, FindsTheBestPath) {
  Lattices lattices;
  lattices.add("aba", trieOf({"a", "b", "ab", "ba"}));
  const std::vector<double> scores = {-1, -2, -1.5, -1.6};
  BestPath best;
  EXPECT_DOUBLE_EQ(best.run(lattices.edges(0), scores), -2.5);
  EXPECT_EQ(best.pieces(), (std::vector<uint32_t>{0, 2})); // last one first
  EXPECT_DOUBLE_EQ(best.run(lattices.edges(0), scores, 2), -2.6);
  EXPECT_EQ(best.pieces(), (std::vector<uint32_t>{3, 0}));
}

TEST(Lattice, RenumbersPieces) {
  Lattices lattices;
  lattices.add("ab", trieOf({"a", "b", "ab"}));
  lattices.renumber(std::vector<uint32_t>{1, 0, PairTable::none});
  ASSERT_EQ(lattices.edges(0).size(), 2u);
  EXPECT_EQ(lattices.edges(0)[0].piece, 1u);
  EXPECT_EQ(lattices.edges(0)[1].piece, 0u);
}

} // namespace
} // namespace weft::text
