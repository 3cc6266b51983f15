#include "runtime/text/train/Prune.h"

#include "tests/runtime/text/train/TrainingFixtures.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace weft::text {
namespace {

class Pruning : public TrainingTest {
protected:
  PrunedTokenizer prune(const std::string &json, const std::vector<std::string> &files,
                        double share = 0.01) {
    auto pruned = pruneTokenizer("tokenizer", json, files, {.share = share, .threads = 2}, silent);
    if (!pruned) {
      ADD_FAILURE() << pruned.error().message;
      return {};
    }
    return std::move(*pruned);
  }
  std::unique_ptr<Tokenizer> load(const std::string &json) {
    auto tokenizer = Tokenizer::fromJson(json);
    EXPECT_TRUE(tokenizer.has_value()) << tokenizer.error().message;
    return tokenizer ? std::move(*tokenizer) : nullptr;
  }
};

TEST_F(Pruning, RemovesStepsThatNothingEndsWith) {
  // "er" always goes on to "er</w>", "ne" and "new" to "newer</w>", "lo" to "low".
  const std::string words = write("words.txt", article);
  const auto trained = train({words}, options(ModelKind::Bpe, 21));
  const auto pruned = prune(trained.json, {words});
  std::vector<std::string> removed;
  for (const RemovedToken &token : pruned.removed)
    removed.push_back(token.token + " " + std::to_string(token.final) + " " +
                      std::to_string(token.intermediate));
  EXPECT_THAT(removed, testing::ElementsAre("er 0 9", "lo 0 7", "ne 0 6", "new 0 6", "wi 0 3"));
  EXPECT_EQ(pruned.before.vocabulary, 21u);
  EXPECT_EQ(pruned.after.vocabulary, 16u);
  // Nothing that the corpus says needs them.
  EXPECT_EQ(pruned.before.tokens, 6u + 5 + 3 * 2 + 2 * 5);
  EXPECT_EQ(pruned.after.tokens, pruned.before.tokens);
  EXPECT_EQ(pruned.before.coverage, 1);
  EXPECT_EQ(pruned.after.coverage, 1);

  auto tokenizer = load(pruned.json);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->vocabularySize(), 16u);
  auto tokens = [&](const char *text) {
    std::string joined;
    for (TokenId id : tokenizer->encode(text))
      joined += std::string(tokenizer->token(id)) + " ";
    return joined;
  };
  EXPECT_EQ(tokens("newer low wider"), "newer</w> low</w> wid er</w> ");
  // Where a residue would stay, its parts do.
  EXPECT_EQ(tokens("new"), "n e w </w> ");
  EXPECT_EQ(tokens("wild"), "w i l d </w> ");
  EXPECT_EQ(tokenizer->id("new"), -1);
  EXPECT_EQ(tokenizer->decode(tokenizer->encode("new wild low")).value(), "new wild low");
}

TEST_F(Pruning, MergesAgainWhatPartsAllow) {
  // abc is a residue of ab and c; in front of d, c joins it once abc is taken apart.
  const std::string json = R"({"version": "1.0", "added_tokens": [], "normalizer": null,
    "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null, "decoder": null,
    "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4, "ab": 5, "cd": 6,
      "abce": 7, "abc": 8}, "merges": [["a", "b"], ["ab", "c"], ["abc", "e"], ["c", "d"]],
      "residues": ["abc"]}})";
  auto tokenizer = load(json);
  ASSERT_TRUE(tokenizer);
  EXPECT_EQ(tokenizer->encode("abce"), (std::vector<TokenId>{7}));
  EXPECT_EQ(tokenizer->encode("abcd"), (std::vector<TokenId>{5, 6}));
  EXPECT_EQ(tokenizer->encode("abc"), (std::vector<TokenId>{5, 2}));
}

TEST_F(Pruning, RenumbersWhateverNamesIds) {
  auto wanted = options(ModelKind::ByteBpe, 600);
  wanted.specials = {"<s>"};
  auto file = nlohmann::json::parse(train(prose(), wanted).json);
  // A special token behind all others, as GPT-2 has it.
  file["model"]["vocab"].erase("<s>");
  for (auto &[token, id] : file["model"]["vocab"].items())
    id = id.get<int>() - 1;
  file["added_tokens"][0]["id"] = 599;
  file["post_processor"] = nlohmann::json::parse(R"({"type": "TemplateProcessing", "single":
    [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [599], "tokens": ["<s>"]}}})");
  const auto pruned = prune(file.dump(), prose(), 0.2);
  ASSERT_GT(pruned.removed.size(), 5u);
  EXPECT_EQ(pruned.kept.back(), 599);
  EXPECT_EQ(pruned.kept.size() + pruned.removed.size(), 600u);
  auto before = load(file.dump()), after = load(pruned.json);
  ASSERT_TRUE(before && after);
  ASSERT_EQ(after->vocabularySize(), pruned.kept.size());
  for (size_t id = 0; id < pruned.kept.size(); ++id)
    EXPECT_EQ(after->token(static_cast<TokenId>(id)), before->token(pruned.kept[id]));
  const std::string text = "The compiler writes kernels, rows and \xF0\x9F\x98\x80\n\n  weights.";
  const auto ids = after->encode(text);
  EXPECT_EQ(ids.front(), after->id("<s>"));
  EXPECT_EQ(after->decode(ids).value(), text);
  for (TokenId id : ids)
    EXPECT_LT(static_cast<size_t>(id), pruned.kept.size());
}

TEST_F(Pruning, ReportIsReadBack) {
  const std::string words = write("words.txt", article);
  const auto pruned = prune(train({words}, options(ModelKind::Bpe, 21)).json, {words});
  auto read = readPruningReport(pruningReport(pruned, {}));
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->kept, pruned.kept);
  EXPECT_EQ(read->tokenizerJson, pruned.json);
  EXPECT_EQ(read->sourceHash, pruned.sourceHash);
}

std::string reportError(const std::string &text) {
  auto read = readPruningReport(text);
  return read ? "no error" : read.error().message;
}

TEST_F(Pruning, RefusesReportsThatAreNone) {
  EXPECT_THAT(reportError("{"), testing::HasSubstr("found no JSON"));
  EXPECT_EQ(reportError("{}"), "format: missing");
  EXPECT_THAT(reportError(R"({"format": "other"})"), testing::HasSubstr("found 'other'"));
  const std::string head = R"({"format": "weft pruned vocabulary 1", "source_hash": "",
                               "tokenizer": "", "kept": )";
  EXPECT_THAT(reportError(head + "[0, 2, 1]}"), testing::HasSubstr("found 1 after 2"));
  EXPECT_THAT(reportError(head + "[]}"), testing::HasSubstr("found none"));
  EXPECT_THAT(reportError(head + "[-1]}"), testing::HasSubstr("expected a token id"));
}

TEST_F(Pruning, RefusesOtherModelsAndSecondTimes) {
  const std::string words = write("words.txt", article);
  auto errorOf = [&](const std::string &json) {
    auto pruned = pruneTokenizer("a.json", json, {words}, {}, silent);
    return pruned ? "no error" : pruned.error().message;
  };
  EXPECT_EQ(errorOf(train({words}, options(ModelKind::Unigram, 40)).json),
            "a.json: expected a BPE model with a list of merges, found \"Unigram\"");
  EXPECT_THAT(errorOf(R"({"model": {"type": "BPE", "token_ranks": "ids", "vocab": {"a": 0}}})"),
              testing::HasSubstr("found one with \"token_ranks\""));
  EXPECT_THAT(errorOf("{"), testing::StartsWith("a.json: tokenizer.json: not valid JSON"));
  const auto pruned = prune(train({words}, options(ModelKind::Bpe, 21)).json, {words});
  EXPECT_THAT(errorOf(pruned.json), testing::HasSubstr("not pruned before"));
}

TEST_F(Pruning, BelievesOneReadingOfEqualKeys) {
  const std::string words = write("words.txt", article);
  auto pruned =
      pruneTokenizer("a.json", R"({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [],
                                 "merges": 3}})",
                     {words}, {}, silent);
  ASSERT_FALSE(pruned);
  EXPECT_EQ(pruned.error().message,
            "a.json: tokenizer.json: model.merges: expected an array, found a number");
}

TEST_F(Pruning, RefusesResiduesThatCannotBe) {
  auto errorOf = [](const std::string &residues) {
    auto tokenizer = Tokenizer::fromJson(
        R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "": 2, "ab": 3}, "merges":
           [["a", "b"], ["", "b"]], "residues": )" +
        residues + "}}");
    return tokenizer ? "no error" : tokenizer.error().message;
  };
  EXPECT_EQ(errorOf(R"(["ab"])"), "no error");
  EXPECT_THAT(errorOf(R"(["a"])"), testing::HasSubstr("expected tokens with ids from 3 on"));
  EXPECT_THAT(errorOf(R"(["ab", ""])"), testing::HasSubstr("the result of a merge"));
  EXPECT_THAT(errorOf(R"(["ab", "ab"])"), testing::HasSubstr("expected each once"));
  EXPECT_THAT(errorOf(R"([1])"), testing::HasSubstr("expected a string"));
  EXPECT_THAT(errorOf(R"(["a","a","a","a","a"])"), testing::HasSubstr("at most 4"));
}

} // namespace
} // namespace weft::text
