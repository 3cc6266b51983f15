#include "runtime/text/train/Corpus.h"

#include "tests/runtime/text/train/TrainingFixtures.h"

#include <gmock/gmock.h>

namespace weft::text {
namespace {

class CorpusTest : public TrainingTest {
protected:
  static WordSplitter splitter() {
    auto made = WordSplitter::make("null", R"({"type": "WhitespaceSplit"})");
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
  }
  static std::vector<std::string> wordsOf(const Corpus &corpus) {
    std::vector<std::string> words;
    for (const WordCount &word : corpus.words)
      words.push_back(word.text + " " + std::to_string(word.count));
    return words;
  }
};

TEST_F(CorpusTest, CountsWordsInTheOrderOfTheirFirstPlaces) {
  auto corpus = readCorpus({write("1", "b a b\nc\n\n"), write("2", "a d")}, splitter(), 2, silent);
  ASSERT_TRUE(corpus.has_value());
  EXPECT_THAT(wordsOf(*corpus), testing::ElementsAre("b 2", "a 2", "c 1", "d 1"));
  EXPECT_EQ(corpus->bytes, 12u);
}

TEST_F(CorpusTest, DoesNotDependOnThreads) {
  std::string text;
  for (int64_t i = 0; i < 400'000; ++i) // several chunks
    text += std::to_string(i * 7919 % 5003) + (i % 9 ? " " : "\n");
  const std::string file = write("text", text);
  auto one = readCorpus({file}, splitter(), 1, silent),
       many = readCorpus({file}, splitter(), 5, silent);
  ASSERT_TRUE(one && many);
  EXPECT_EQ(wordsOf(*one), wordsOf(*many));
}

TEST_F(CorpusTest, RepairsBytesThatAreNoUtf8) {
  auto corpus = readCorpus({write("1", "a\xFF\xFE")}, splitter(), 1, silent);
  ASSERT_TRUE(corpus.has_value());
  EXPECT_THAT(wordsOf(*corpus), testing::ElementsAre("a\uFFFD\uFFFD 1"));
}

TEST_F(CorpusTest, RefusesWhatHoldsNoText) {
  auto missing = readCorpus({folder.file("missing")}, splitter(), 1, silent);
  ASSERT_FALSE(missing.has_value());
  EXPECT_THAT(missing.error().message, testing::HasSubstr("missing"));
  auto blank = readCorpus({write("blank", " \n")}, splitter(), 1, silent);
  ASSERT_FALSE(blank.has_value());
  EXPECT_THAT(blank.error().message, testing::HasSubstr("found no word"));
}

} // namespace
} // namespace weft::text
