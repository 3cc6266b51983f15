#include "runtime/text/train/unigram/UnigramTrainer.h"

#include "tests/runtime/text/train/TrainingFixtures.h"

#include <gmock/gmock.h>
#include <random>

namespace weft::text {
namespace {

class UnigramTraining : public TrainingTest {};

TEST_F(UnigramTraining, FindsTheWordsOfAMixture) {
  // Concatenations of three to six of four words.
  const std::string words[] = {"stone", "water", "light", "field"};
  std::mt19937 random(1);
  std::string text;
  for (int i = 0; i < 2000; ++i) {
    for (unsigned left = 3 + random() % 4; left > 0; --left)
      text += words[random() % 4];
    text += " ";
  }
  auto splitter = WordSplitter::make("null", R"({"type": "WhitespaceSplit"})");
  auto corpus = readCorpus({write("text", text)}, *splitter, 1, silent);
  ASSERT_TRUE(corpus.has_value());
  UnigramOptions options;
  options.pieces = 14 + 4; // the letters, and as many as there are words
  auto pieces = trainUnigram(*corpus, options, silent);
  ASSERT_TRUE(pieces.has_value());
  std::vector<std::string> longer;
  for (const ScoredPiece &piece : *pieces)
    if (piece.text.size() > 1)
      longer.push_back(piece.text);
  EXPECT_THAT(longer, testing::UnorderedElementsAreArray(words));
}

TEST_F(UnigramTraining, KeepsEveryCharacter) {
  auto trained = train(prose(), options(ModelKind::Unigram, 600));
  EXPECT_EQ(trained.vocabulary, 600u);
  auto tokenizer = Tokenizer::fromJson(trained.json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  const std::string text = "A kernel computes 31 rows; weights are [tiled] (16x4).";
  const auto ids = (*tokenizer)->encode(text);
  EXPECT_EQ((*tokenizer)->decode(ids).value(), text);
}

TEST_F(UnigramTraining, NeedsRoomForTheAlphabet) {
  EXPECT_THAT(errorOf({write("words.txt", article)}, options(ModelKind::Unigram, 5)),
              testing::HasSubstr("expected a vocabulary of at least 12 tokens beside"));
  EXPECT_THAT(errorOf({write("words.txt", article)}, options(ModelKind::Unigram, 1)),
              testing::HasSubstr("larger than the 1 special tokens"));
}

} // namespace
} // namespace weft::text
