#include "tests/runtime/text/train/TrainingFixtures.h"

#include <gmock/gmock.h>

namespace weft::text {
namespace {

class EveryModel : public TrainingTest, public testing::WithParamInterface<ModelKind> {};

TEST_P(EveryModel, GivesTheSameFileOnAnyNumberOfThreads) {
  auto one = options(GetParam(), 700), many = one;
  one.threads = 1;
  many.threads = 7;
  EXPECT_EQ(train(prose(), one).json, train(prose(), many).json);
}

TEST_P(EveryModel, LoadsAndRoundTrips) {
  auto wanted = options(GetParam(), 700);
  wanted.specials = {"<s>", "</s>"};
  const auto trained = train(prose(), wanted);
  EXPECT_EQ(trained.vocabulary, 700u);
  auto tokenizer = Tokenizer::fromJson(trained.json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->vocabularySize(), 700u);
  for (const char *special : {"<s>", "</s>"}) {
    const TokenId id = (*tokenizer)->id(special);
    EXPECT_TRUE((*tokenizer)->isSpecial(id));
    EXPECT_LE(id, 2); // an unknown token may stand before them
  }
  const std::string text = "the runtime maps the artifact and runs the program";
  const auto ids = (*tokenizer)->encode(text);
  EXPECT_LT(ids.size(), 30u);
  EXPECT_EQ((*tokenizer)->decode(ids).value(), text);
}

INSTANTIATE_TEST_SUITE_P(Models, EveryModel, testing::ValuesIn(allModels), nameOfModel);

class TrainOptions : public TrainingTest {};

TEST_F(TrainOptions, NormalizeText) {
  auto wanted = options(ModelKind::ByteBpe, 300);
  wanted.lowercase = true;
  wanted.normalForm = "NFC";
  const auto trained = train({write("text", "Low LOW low\n")}, wanted);
  auto tokenizer = Tokenizer::fromJson(trained.json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->encode("LOW"), (*tokenizer)->encode("low"));
}

TEST_F(TrainOptions, SpacesBecomeACharacterWithoutAnEndOfWord) {
  auto wanted = options(ModelKind::Bpe, 40);
  wanted.wordEnd = "";
  auto tokenizer = Tokenizer::fromJson(train({write("text", article)}, wanted).json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->decode((*tokenizer)->encode("low newer")).value(), "low newer");
}

TEST_F(TrainOptions, AnEndOfWordOfOneCharacterNeedsNoSuffix) {
  auto wanted = options(ModelKind::Bpe, 40);
  wanted.wordEnd = "·";
  auto tokenizer = Tokenizer::fromJson(train({write("text", article)}, wanted).json);
  ASSERT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
  EXPECT_EQ((*tokenizer)->decode((*tokenizer)->encode("low newer")).value(), "low newer");
}

TEST_F(TrainOptions, AreRefusedWhereTheyMakeNoSense) {
  const std::string text = write("text", article);
  auto wanted = options(ModelKind::ByteBpe, 300);
  wanted.specials = {"<s>", "<s>"};
  EXPECT_THAT(errorOf({text}, wanted), testing::HasSubstr("different, found '<s>'"));
  wanted.specials = {};
  wanted.unknown = "<unk>";
  EXPECT_THAT(errorOf({text}, wanted), testing::HasSubstr("has no use in byte-bpe"));
}

} // namespace
} // namespace weft::text
