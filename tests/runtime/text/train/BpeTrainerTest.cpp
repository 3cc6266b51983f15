#include "runtime/text/train/bpe/BpeTrainer.h"

#include "tests/runtime/text/train/TrainingFixtures.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <random>

namespace weft::text {
namespace {

using Row = std::tuple<std::string, std::string, uint64_t>;

std::vector<Row> rowsOf(const TrainedTokenizer &trained) {
  std::vector<Row> rows;
  for (const LearnedMerge &merge : trained.merges)
    rows.emplace_back(merge.left, merge.right, merge.count);
  return rows;
}

class BpeTraining : public TrainingTest {};

TEST_F(BpeTraining, GivesTheTableOfTheLiterature) {
  const auto trained = train({write("words.txt", article)}, options(ModelKind::Bpe, 21));
  EXPECT_EQ(trained.vocabulary, 21u);
  EXPECT_EQ(rowsOf(trained), (std::vector<Row>{{"e", "r", 9},
                                               {"er", "</w>", 9},
                                               {"l", "o", 7},
                                               {"lo", "w", 7},
                                               {"n", "e", 6},
                                               {"ne", "w", 6},
                                               {"new", "er</w>", 6},
                                               {"low", "</w>", 5},
                                               {"w", "i", 3},
                                               {"wi", "d", 3}}));
  using Tokens = std::vector<std::string>;
  ASSERT_EQ(trained.words.size(), 4u);
  EXPECT_EQ(trained.words[0].tokens, (Tokens{"newer</w>"}));
  EXPECT_EQ(trained.words[1].tokens, (Tokens{"low</w>"}));
  EXPECT_EQ(trained.words[2].tokens, (Tokens{"wid", "er</w>"}));
  EXPECT_EQ(trained.words[3].tokens, (Tokens{"low", "e", "s", "t", "</w>"}));
}

/// The algorithm as published: all pairs are counted anew for every merge, and of the most
/// frequent ones the first is taken.
std::vector<MergeStep> published(const Corpus &corpus, size_t merges) {
  std::vector<std::vector<uint32_t>> words;
  for (const WordCount &word : corpus.words)
    words.emplace_back(word.text.begin(), word.text.end());
  std::vector<MergeStep> steps;
  std::map<std::string, uint32_t> ids;
  std::vector<std::string> names(128);
  for (uint32_t c = 0; c < 128; ++c)
    ids[names[c] = std::string(1, static_cast<char>(c))] = c;
  while (steps.size() < merges) {
    std::map<std::pair<uint32_t, uint32_t>, uint64_t> counts;
    std::vector<std::pair<uint32_t, uint32_t>> order;
    for (size_t w = 0; w < words.size(); ++w)
      for (size_t i = 0; i + 1 < words[w].size(); ++i) {
        const std::pair pair(words[w][i], words[w][i + 1]);
        if (!counts.contains(pair))
          order.push_back(pair);
        counts[pair] += corpus.words[w].count;
      }
    if (order.empty())
      break;
    auto best = order.front();
    for (auto pair : order)
      if (counts[pair] > counts[best])
        best = pair;
    const std::string name = names[best.first] + names[best.second];
    auto [known, added] = ids.try_emplace(name, names.size());
    if (added)
      names.push_back(name);
    for (auto &word : words)
      for (size_t i = 0; i + 1 < word.size(); ++i)
        if (word[i] == best.first && word[i + 1] == best.second) {
          word[i] = known->second;
          word.erase(word.begin() + i + 1);
        }
    steps.push_back({best.first, best.second, known->second, counts[best]});
  }
  return steps;
}

TEST_F(BpeTraining, MergesAsThePublishedAlgorithmDoes) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    // Few letters and long words: runs of one letter, and tokens that come to be in two ways.
    const unsigned letters = 1 + random() % 4, words = 1 + random() % 12;
    Corpus corpus;
    for (unsigned w = 0; w < words; ++w) {
      std::string word(1 + random() % 14, ' ');
      for (char &c : word)
        c = static_cast<char>('a' + random() % letters);
      if (std::ranges::find(corpus.words, word, &WordCount::text) == corpus.words.end())
        corpus.words.push_back({word, 1 + random() % 3});
    }
    BpeOptions options;
    options.vocabulary = 1000;
    options.minFrequency = 1;
    auto trainer = BpeTrainer::make(corpus, options);
    ASSERT_TRUE(trainer.has_value());
    trainer->run(silent);
    const std::vector<MergeStep> expected = published(corpus, 1000);
    ASSERT_EQ(trainer->merges().size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(trainer->merges()[i].count, expected[i].count) << "merge " << i;
  }
}

TEST_F(BpeTraining, StopsAtTheLeastFrequency) {
  auto rarely = options(ModelKind::Bpe, 1000);
  rarely.minFrequency = 6;
  EXPECT_EQ(train({write("words.txt", article)}, rarely).merges.size(), 7u);
}

TEST_F(BpeTraining, LeavesRareCharactersOut) {
  auto limited = options(ModelKind::Bpe, 1000);
  limited.alphabet = 2; // e and w, 17 and 16 times
  const auto trained = train({write("words.txt", article)}, limited);
  for (const LearnedMerge &merge : trained.merges)
    EXPECT_EQ((merge.left + merge.right).find_first_not_of("ew</>"), std::string::npos)
        << merge.left << " " << merge.right;
}

TEST_F(BpeTraining, NeedsRoomForTheAlphabet) {
  EXPECT_EQ(errorOf({write("words.txt", article)}, options(ModelKind::Bpe, 10)),
            "expected a vocabulary of at least 11 tokens (0 special ones, the others for single "
            "characters), found 10; ask for more, or for a smaller alphabet (--limit-alphabet)");
  EXPECT_THAT(errorOf({write("words.txt", article)}, options(ModelKind::ByteBpe, 255)),
              testing::HasSubstr("at least 256 tokens"));
}

} // namespace
} // namespace weft::text
