// Lattices: all segmentations of texts into pieces.
#pragma once

#include "runtime/text/train/unigram/PieceTrie.h"
#include "runtime/text/train/unigram/SeedPieces.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft::text {

/// An occurrence of a piece in a text.
struct Edge {
  uint32_t begin, end;
  uint32_t piece;
};

/// The edges of several texts; the edges of a text are ordered by where they begin.
class Lattices {
public:
  /// Adds a text: an edge for every piece of `trie` at every place.
  void add(std::string_view text, const PieceTrie &trie);

  size_t size() const { return ends.size(); }
  std::span<const Edge> edges(size_t text) const {
    const size_t begin = text ? ends[text - 1] : 0;
    return std::span(all).subspan(begin, ends[text] - begin);
  }

  /// Renumbers the pieces, and removes those whose new number is PairTable::none.
  void renumber(std::span<const uint32_t> numbers);
  /// Does the same if the texts are the pieces themselves; texts of removed pieces are removed too.
  void keep(std::span<const uint32_t> numbers);

private:
  std::vector<Edge> all;
  std::vector<size_t> ends;
};

/// Computes the expected count of each piece over all segmentations of a text, weighted by their
/// probabilities (the forward-backward algorithm). Reuses its memory; use one for each thread.
class ForwardBackward {
public:
  /// Calls `visit(piece, expected)` for every edge. `probabilities` is indexed by piece; each is at
  /// least 1e-60. The text must have a segmentation.
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
  /// value * 2^exponent, as products over long texts are smaller than any double.
  struct Scaled {
    double value = 0;
    int exponent = 0;
  };
  static double scaled(double value, int exponent);
  static void addTo(Scaled &sum, Scaled term);
  void pass(std::span<const Edge> edges, std::span<const double> probabilities);

  std::vector<Scaled> forward, backward;
};

/// Finds the most probable segmentation of a text. Reuses its memory; use one for each thread.
class BestPath {
public:
  /// Finds the best segmentation without the piece `without`. `scores` has log-probabilities,
  /// indexed by piece. Of equal segmentations takes the one with the shortest last piece. Returns
  /// its score, or minus infinity if there is none; pieces() returns its pieces, last one first.
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
