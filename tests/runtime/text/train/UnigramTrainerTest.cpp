#include "runtime/text/train/UnigramTrainer.h"

#include "tests/runtime/text/train/TrainingFixtures.h"

#include <cmath>
#include <gmock/gmock.h>

namespace weft::text {
namespace {

class UnigramTraining : public TrainingTest {};

TEST_F(UnigramTraining, FindsTheWordsOfAMixture) {
  // Concatenations of four words, never by themselves.
  const std::string words[] = {"stone", "water", "light", "field"};
  std::string text;
  for (int i = 0; i < 2000; ++i)
    text += words[i * 7 % 4] + words[i * 5 % 3] + words[(i / 4) % 4] + "\n";
  Corpus corpus;
  auto splitter = WordSplitter::make("null", R"({"type": "WhitespaceSplit"})");
  corpus = *readCorpus({write("text", text)}, *splitter, 1, silent);
  UnigramOptions options;
  options.pieces = 20;
  auto pieces = trainUnigram(corpus, options, silent);
  ASSERT_TRUE(pieces.has_value());
  EXPECT_EQ(pieces->size(), 20u);
  std::vector<std::string> texts;
  for (const ScoredPiece &piece : *pieces)
    texts.push_back(piece.text);
  for (const std::string &word : words)
    EXPECT_THAT(texts, testing::Contains(testing::HasSubstr(word)));
}

TEST_F(UnigramTraining, KeepsEveryCharacter) {
  auto trained = train(prose(), options(ModelKind::unigram, 600));
  EXPECT_EQ(trained.vocabulary, 600u);
  auto tokenizer = Tokenizer::fromJson(trained.json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  const std::string text = "A kernel computes 31 rows; weights are [tiled] (16x4).";
  const auto ids = (*tokenizer)->encode(text);
  EXPECT_EQ((*tokenizer)->decode(ids).value(), text);
}

TEST_F(UnigramTraining, NeedsRoomForTheAlphabet) {
  EXPECT_THAT(errorOf({write("words.txt", article)}, options(ModelKind::unigram, 5)),
              testing::HasSubstr("expected a vocabulary of at least 11 tokens beside"));
  EXPECT_THAT(errorOf({write("words.txt", article)}, options(ModelKind::unigram, 1)),
              testing::HasSubstr("larger than the 1 special tokens"));
}

} // namespace
} // namespace weft::text
