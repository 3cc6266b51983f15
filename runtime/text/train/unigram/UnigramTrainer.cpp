#include "runtime/text/train/unigram/UnigramTrainer.h"

#include "runtime/base/Utf8.h"
#include "runtime/text/train/Alphabet.h"
#include "runtime/text/train/Parallel.h"
#include "runtime/text/train/unigram/Lattice.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace weft::text {

namespace {

/// Texts whose lattices are one unit of work.
constexpr size_t blockTexts = 4096;
/// Expected counts are summed in units of 2^-20: sums of integers have no order.
constexpr double unit = 0x1p20;
/// A piece that is expected less often is dropped (as SentencePiece does).
constexpr double leastExpected = 0.5;

/// The derivative of log gamma: what turns expected counts into the logarithms of
/// probabilities of a sparse (variational Bayes) model.
double digamma(double x) {
  double result = 0;
  for (; x < 7; ++x)
    result -= 1 / x;
  x -= 0.5;
  const double square = 1 / (x * x);
  return result + std::log(x) + square * (1.0 / 24 - square * (7.0 / 960 - square * (31.0 / 8064)));
}

class UnigramTrainer {
public:
  UnigramTrainer(const Corpus &corpus, const UnigramOptions &options,
                 const TrainingProgress &progress)
      : options(options), progress(progress), threads(std::max(1u, options.threads)) {
    const auto alphabet = alphabetOf(corpus, options.alphabet);
    addTexts(corpus, alphabet);
    for (auto [code, count] : alphabet) {
      std::string text;
      appendUtf8(text, code);
      pieces.push_back({text, static_cast<double>(count), true});
    }
    characters = pieces.size();
  }

  Result<std::vector<ScoredPiece>> run() {
    if (characters > options.pieces)
      return fail("expected a vocabulary of at least " + std::to_string(characters) +
                  " tokens beside the special ones, one for each character, found " +
                  std::to_string(options.pieces) +
                  "; ask for more, or for a smaller alphabet (--limit-alphabet)");
    if (auto done = seed(); !done)
      return failFrom(done);
    // A few more than asked for, of which the best are taken at the end (as SentencePiece does).
    const size_t wanted = options.pieces + options.pieces / 10;
    const double all = std::log(double(pieces.size()) / double(wanted));
    while (true) {
      for (unsigned round = 0; round < options.rounds; ++round)
        maximize();
      if (pieces.size() <= wanted)
        break;
      progress("pruning", 1 - std::log(double(pieces.size()) / double(wanted)) / all);
      prune(std::max(wanted, static_cast<size_t>(options.kept * double(pieces.size()))));
    }
    return best();
  }

private:
  struct Piece {
    std::string text;
    /// A count until the first round, then a logarithm of a probability.
    double score;
    /// Single characters, so that there is always a way through.
    bool required;
  };
  struct Block {
    size_t firstText;
    Lattices lattices;
  };

  /// The words, without the characters that are left out.
  void addTexts(const Corpus &corpus, const std::vector<std::pair<char32_t, uint64_t>> &alphabet) {
    auto has = [&](char32_t code) {
      auto place = std::ranges::lower_bound(alphabet, code, {}, [](auto &c) { return c.first; });
      return place != alphabet.end() && place->first == code;
    };
    for (const WordCount &word : corpus.words) {
      const std::string_view text = word.text;
      size_t begin = 0, at = 0;
      auto close = [&] {
        if (at > begin)
          texts.push_back({text.substr(begin, at - begin), word.count});
      };
      while (at < text.size()) {
        const Utf8Char c = charAt(text, at);
        if (!has(c.code)) {
          close();
          begin = at + c.length;
        }
        at += c.length;
      }
      close();
    }
  }

  Result<void> seed() {
    progress("finding pieces", 0);
    auto seeds = seedPieces(texts, options.longest, options.seeds);
    if (!seeds)
      return failFrom(seeds);
    for (SeedPiece &piece : *seeds)
      pieces.push_back({std::move(piece.text), static_cast<double>(piece.count), false});
    double sum = 0;
    for (const Piece &piece : pieces)
      sum += piece.score;
    for (Piece &piece : pieces)
      piece.score = std::log(piece.score / sum);
    PieceTrie trie;
    for (uint32_t i = 0; i < pieces.size(); ++i)
      trie.add(pieces[i].text, i);
    for (size_t begin = 0; begin < texts.size(); begin += blockTexts)
      blocks.push_back({begin, {}});
    forEach(blocks.size(), threads, [&](size_t index, unsigned) {
      Block &block = blocks[index];
      const size_t end = std::min(texts.size(), block.firstText + blockTexts);
      for (size_t text = block.firstText; text < end; ++text)
        block.lattices.add(texts[text].text, trie);
    });
    for (const Piece &piece : pieces)
      ofPieces.add(piece.text, trie);
    return {};
  }

  /// Sums over threads what `visit(lattice edges, count, sums)` adds to whole numbers by piece.
  template <typename State, typename Visit> std::vector<int64_t> sumOverTexts(Visit visit) {
    std::vector<std::vector<int64_t>> sums(threads);
    std::vector<State> states(threads);
    forEach(blocks.size(), threads, [&](size_t index, unsigned thread) {
      sums[thread].resize(pieces.size());
      const Block &block = blocks[index];
      for (size_t i = 0; i < block.lattices.size(); ++i)
        visit(states[thread], block.lattices.edges(i), texts[block.firstText + i].count,
              sums[thread]);
    });
    std::vector<int64_t> total(pieces.size());
    for (const std::vector<int64_t> &part : sums)
      for (size_t i = 0; i < part.size(); ++i)
        total[i] += part[i];
    return total;
  }

  std::vector<double> scores() const {
    std::vector<double> scores;
    for (const Piece &piece : pieces)
      scores.push_back(piece.score);
    return scores;
  }

  /// One round of expectation and maximization; drops pieces that are hardly expected.
  void maximize() {
    std::vector<double> probabilities = scores();
    for (double &value : probabilities)
      value = std::max(std::exp(value), 1e-60);
    const std::vector<int64_t> expected = sumOverTexts<ForwardBackward>(
        [&](ForwardBackward &paths, std::span<const Edge> edges, uint64_t count, auto &sums) {
          paths.run(edges, probabilities, [&](uint32_t piece, double share) {
            sums[piece] += std::llround(share * double(count) * unit);
          });
        });
    std::vector<bool> stays(pieces.size());
    double sum = 0;
    for (size_t i = 0; i < pieces.size(); ++i) {
      const double count = double(expected[i]) / unit;
      stays[i] = pieces[i].required || count >= leastExpected;
      if (stays[i])
        sum += std::max(count, leastExpected);
    }
    const double base = digamma(sum);
    for (size_t i = 0; i < pieces.size(); ++i)
      pieces[i].score = digamma(std::max(double(expected[i]) / unit, leastExpected)) - base;
    keep(stays);
  }

  /// Leaves `wanted` pieces: those whose loss would lower the likelihood of the corpus most.
  void prune(size_t wanted) {
    const std::vector<double> score = scores();
    const std::vector<int64_t> used = sumOverTexts<BestPath>(
        [&](BestPath &best, std::span<const Edge> edges, uint64_t count, auto &sums) {
          best.run(edges, score);
          for (uint32_t piece : best.pieces())
            sums[piece] += static_cast<int64_t>(count);
        });
    const double sum = double(std::accumulate(used.begin(), used.end(), int64_t(0)));
    std::vector<std::optional<double>> losses(pieces.size());
    forEach((pieces.size() + blockTexts - 1) / blockTexts, threads, [&](size_t block, unsigned) {
      BestPath best;
      const size_t end = std::min(pieces.size(), (block + 1) * blockTexts);
      for (size_t i = block * blockTexts; i < end; ++i)
        losses[i] = lossOf(static_cast<uint32_t>(i), score, used, sum, best);
    });
    std::vector<uint32_t> order;
    size_t kept = 0;
    std::vector<bool> stays(pieces.size());
    for (uint32_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].required)
        stays[i] = true, ++kept;
      else if (losses[i])
        order.push_back(i);
    }
    std::ranges::sort(order, [&](uint32_t a, uint32_t b) {
      return *losses[a] != *losses[b] ? *losses[a] > *losses[b] : a < b;
    });
    for (size_t i = 0; i < order.size() && kept < wanted; ++i, ++kept)
      stays[order[i]] = true;
    keep(stays);
  }

  /// How much likelihood is lost without a piece, for which the best way to cut it stands then;
  /// nothing where it is never used, so that nothing is lost.
  std::optional<double> lossOf(uint32_t piece, const std::vector<double> &score,
                               const std::vector<int64_t> &used, double sum, BestPath &best) const {
    const double count = double(used[piece]);
    if (pieces[piece].required || count == 0)
      return std::nullopt;
    if (best.run(ofPieces.edges(piece), score, piece) >= score[piece])
      return std::nullopt;
    const double before = std::log(count) - std::log(sum);
    const double others = std::log(sum + count * double(best.pieces().size() - 1));
    double after = 0;
    for (uint32_t part : best.pieces())
      after += std::log(double(used[part]) + count) - others;
    return count / sum * (before - after);
  }

  void keep(const std::vector<bool> &stays) {
    std::vector<uint32_t> numbers(pieces.size(), PairTable::none);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < pieces.size(); ++i)
      if (stays[i])
        numbers[i] = kept++;
    if (kept == pieces.size())
      return;
    forEach(blocks.size(), threads,
            [&](size_t block, unsigned) { blocks[block].lattices.renumber(numbers); });
    ofPieces.keep(numbers);
    for (uint32_t i = 0; i < pieces.size(); ++i)
      if (stays[i] && numbers[i] != i)
        pieces[numbers[i]] = std::move(pieces[i]);
    pieces.resize(kept);
  }

  std::vector<ScoredPiece> best() {
    auto better = [](const auto &a, const auto &b) {
      return a.score != b.score ? a.score > b.score : a.text < b.text;
    };
    std::ranges::sort(pieces, [&](const Piece &a, const Piece &b) {
      return a.required != b.required ? a.required : better(a, b);
    });
    pieces.resize(std::min(pieces.size(), options.pieces));
    std::vector<ScoredPiece> result;
    for (Piece &piece : pieces)
      result.push_back({std::move(piece.text), piece.score});
    std::ranges::sort(result, better);
    return result;
  }

  const UnigramOptions &options;
  const TrainingProgress &progress;
  unsigned threads;
  std::vector<CountedText> texts;
  std::vector<Piece> pieces;
  size_t characters = 0;
  std::vector<Block> blocks;
  /// The ways to cut each piece, by its number.
  Lattices ofPieces;
};

} // namespace

Result<std::vector<ScoredPiece>> trainUnigram(const Corpus &corpus, const UnigramOptions &options,
                                              const TrainingProgress &progress) {
  return UnigramTrainer(corpus, options, progress).run();
}

} // namespace weft::text
