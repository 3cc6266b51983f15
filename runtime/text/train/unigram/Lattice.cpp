#include "runtime/text/train/unigram/Lattice.h"

#include "runtime/base/Utf8.h"

#include <cmath>
#include <limits>

namespace weft::text {

void Lattices::add(std::string_view text, const PieceTrie &trie) {
  for (size_t at = 0; at < text.size(); at += charAt(text, at).length)
    trie.match(text.substr(at), [&](uint32_t piece, size_t length) {
      all.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + length), piece});
    });
  ends.push_back(all.size());
}

void Lattices::renumber(std::span<const uint32_t> numbers) {
  size_t kept = 0, from = 0;
  for (size_t &end : ends) {
    for (; from < end; ++from) {
      const uint32_t number = numbers[all[from].piece];
      if (number != PairTable::none)
        all[kept++] = {all[from].begin, all[from].end, number};
    }
    end = kept;
  }
  all.resize(kept);
}

void Lattices::keep(std::span<const uint32_t> numbers) {
  Lattices left;
  for (size_t text = 0; text < size(); ++text)
    if (numbers[text] != PairTable::none) {
      const std::span<const Edge> mine = edges(text);
      left.all.insert(left.all.end(), mine.begin(), mine.end());
      left.ends.push_back(left.all.size());
    }
  left.renumber(numbers);
  *this = std::move(left);
}

namespace {

/// Values are kept above 2^-step, so that a product of two and a probability is no zero.
constexpr int step = 256;

} // namespace

double ForwardBackward::scaled(double value, int exponent) {
  return exponent == 0 ? value : std::ldexp(value, exponent);
}

void ForwardBackward::addTo(Scaled &sum, Scaled term) {
  if (term.value < 0x1p-256) {
    term.value *= 0x1p256;
    term.exponent -= step;
  }
  if (sum.value == 0)
    sum = term;
  else if (sum.exponent == term.exponent)
    sum.value += term.value;
  else if (sum.exponent > term.exponent)
    sum.value += scaled(term.value, term.exponent - sum.exponent);
  else
    sum = {scaled(sum.value, sum.exponent - term.exponent) + term.value, term.exponent};
}

void ForwardBackward::pass(std::span<const Edge> edges, std::span<const double> probabilities) {
  const size_t places = edges.back().end + 1;
  forward.assign(places, {});
  backward.assign(places, {});
  forward.front() = backward.back() = {1, 0};
  for (const Edge &edge : edges) {
    const Scaled &from = forward[edge.begin];
    addTo(forward[edge.end], {from.value * probabilities[edge.piece], from.exponent});
  }
  for (size_t i = edges.size(); i-- > 0;) {
    const Edge &edge = edges[i];
    const Scaled &from = backward[edge.end];
    addTo(backward[edge.begin], {from.value * probabilities[edge.piece], from.exponent});
  }
}

double BestPath::run(std::span<const Edge> edges, std::span<const double> scores,
                     uint32_t without) {
  constexpr double never = -std::numeric_limits<double>::infinity();
  path.clear();
  if (edges.empty())
    return never;
  const size_t end = edges.back().end;
  places.assign(end + 1, {never, nullptr});
  places.front().score = 0;
  for (const Edge &edge : edges) {
    const double score = places[edge.begin].score + scores[edge.piece];
    Place &place = places[edge.end];
    if (edge.piece != without && score >= place.score && score > never)
      place = {score, &edge};
  }
  for (const Edge *last = places[end].last; last; last = places[last->begin].last)
    path.push_back(last->piece);
  return places[end].score;
}

} // namespace weft::text
