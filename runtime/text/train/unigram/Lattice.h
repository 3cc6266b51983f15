// All the ways to cut texts into pieces.
#pragma once

#include "runtime/text/train/unigram/PieceTrie.h"
#include "runtime/text/train/unigram/SeedPieces.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::text {

/// A piece at a place of a text.
struct Edge {
  uint32_t begin, end;
  uint32_t piece;
};

/// The edges of some texts, each text's by where they begin.
class Lattices {
public:
  void add(std::string_view text, const PieceTrie &trie);

  size_t size() const { return ends.size(); }
  std::span<const Edge> edges(size_t text) const {
    const size_t begin = text ? ends[text - 1] : 0;
    return std::span(all).subspan(begin, ends[text] - begin);
  }

  /// Takes away the pieces whose new number is PairTable::none and renumbers the others.
  void renumber(std::span<const uint32_t> numbers);
  /// The same where the texts are the pieces themselves, of which the taken ones go as well.
  void keep(std::span<const uint32_t> numbers);

private:
  std::vector<Edge> all;
  std::vector<size_t> ends;
};

/// Expected numbers of pieces over all ways to cut a text, weighted by their probabilities:
/// the forward-backward algorithm. Reuses its memory; one for each thread.
class ForwardBackward {
public:
  /// Calls `visit(piece, expected)` for every edge; `probabilities` are by piece, at least
  /// 1e-60. There must be a way through.
  template <typename Visit>
  void run(std::span<const Edge> edges, std::span<const double> probabilities, Visit visit) {
    pass(edges, probabilities);
    const uint32_t end = edges.back().end;
    const double total = forward[end].value;
    const int exponent = forward[end].exponent;
    for (const Edge &edge : edges)
      visit(edge.piece,
            scaled(forward[edge.begin].value / total * probabilities[edge.piece] *
                       backward[edge.end].value,
                   forward[edge.begin].exponent + backward[edge.end].exponent - exponent));
  }

private:
  /// value * 2^exponent: products over long texts are smaller than any double.
  struct Scaled {
    double value = 0;
    int exponent = 0;
  };
  static double scaled(double value, int exponent);
  static void addTo(Scaled &sum, Scaled term);
  void pass(std::span<const Edge> edges, std::span<const double> probabilities);

  std::vector<Scaled> forward, backward;
};

/// The most probable way to cut a text. Reuses its memory; one for each thread.
class BestPath {
public:
  /// `scores` are logarithms by piece; `without` is a piece that is not to be used. The way
  /// is then in pieces(), last one first. Of equal ways the one with the shortest last piece.
  /// Returns its score, or minus infinity where there is no way.
  double run(std::span<const Edge> edges, std::span<const double> scores,
             uint32_t without = PairTable::none);
  const std::vector<uint32_t> &pieces() const { return path; }

private:
  struct Place {
    double score;
    const Edge *last;
  };
  std::vector<Place> places;
  std::vector<uint32_t> path;
};

} // namespace weft::text
