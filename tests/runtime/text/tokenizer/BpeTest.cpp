#include "runtime/text/tokenizer/model/MergeTable.h"
#include "tests/runtime/text/Fixtures.h"

#include <chrono>
#include <random>

namespace weft::text {
namespace {

Ids encode(const std::string &model, const char *text) {
  TokenizerJson json;
  json.model = model;
  return make(json)->encode(text);
}

TEST(Bpe, MergesByRankThenFromTheLeft) {
  const std::string vocab = R"({"a": 0, "b": 1, "aa": 2, "ab": 3, "aab": 4})";
  EXPECT_EQ(
      encode(R"({"type": "BPE", "vocab": )" + vocab + R"(, "merges": ["a b", "a ab"]})", "aab"),
      Ids({4}));
  EXPECT_EQ(
      encode(R"({"type": "BPE", "vocab": )" + vocab + R"(, "merges": ["a a", "a b"]})", "aaab"),
      Ids({2, 3}));
  EXPECT_EQ(encode(R"({"type": "BPE", "vocab": )" + vocab + R"(, "merges": ["a a"]})", "aaa"),
            Ids({2, 0}));
}

TEST(Bpe, ALaterMergeOfTheSamePairReplacesTheEarlier) {
  EXPECT_EQ(encode(R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4},
                       "merges": ["a b", "b c", "a b"]})",
                   "abc"),
            Ids({0, 4}));
}

TEST(Bpe, IgnoresMergesForWholeWords) {
  const std::string model = R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "abab": 3},
    "merges": ["a b"], "ignore_merges": )";
  EXPECT_EQ(encode(model + "true}", "abab"), Ids({3}));
  EXPECT_EQ(encode(model + "false}", "abab"), Ids({2, 2}));
}

TEST(Bpe, FusesUnknownCharacters) {
  const std::string model = R"({"type": "BPE", "vocab": {"?": 0, "a": 1}, "merges": [],
    "unk_token": "?", "fuse_unk": )";
  EXPECT_EQ(encode(model + "true}", "xyazé"), Ids({0, 1, 0}));
  EXPECT_EQ(encode(model + "false}", "xyazé"), Ids({0, 0, 1, 0, 0}));
  EXPECT_EQ(encode(R"({"type": "BPE", "vocab": {"a": 1}, "merges": []})", "xay"), Ids({1}));
}

TEST(Bpe, FallsBackToBytesOnlyIfAllAreThere) {
  const std::string model =
      R"({"type": "BPE", "unk_token": "?", "byte_fallback": true, "merges": [],
    "vocab": {"?": 0, "<0xC3>": 1, "<0xA9>": 2}})";
  EXPECT_EQ(encode(model, "é"), Ids({1, 2}));
  EXPECT_EQ(encode(model, "è"), Ids({0}));
}

TEST(Bpe, SkipsTheVersionLineOfMerges) {
  EXPECT_EQ(encode(R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2},
                       "merges": ["#version: 0.2", "a b"]})",
                   "ab"),
            Ids({2}));
}

/// Merges one pair at a time, looking at all of them.
Ids mergeNaively(const MergeTable &merges, Ids word) {
  for (;;) {
    Merge best;
    size_t place = 0;
    for (size_t i = 0; i + 1 < word.size(); ++i)
      if (Merge merge = merges.find(word[i], word[i + 1]); merge.rank < best.rank) {
        best = merge;
        place = i;
      }
    if (best.rank == Merge::never)
      return word;
    word[place] = best.token;
    word.erase(word.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

TEST(Bpe, LongWordsMergeAsShortOnesDo) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 60; ++round) {
    MergeTable merges;
    merges.reset(300);
    merges.joinAnything();
    std::vector<std::string> texts{"a", "b", "c"};
    for (uint32_t rank = 0; rank < 60; ++rank) {
      auto left = static_cast<TokenId>(random() % texts.size());
      auto right = static_cast<TokenId>(random() % texts.size());
      std::string joined = texts[static_cast<size_t>(left)] + texts[static_cast<size_t>(right)];
      auto known = std::find(texts.begin(), texts.end(), joined);
      auto token = static_cast<TokenId>(known - texts.begin());
      if (known == texts.end())
        texts.push_back(joined);
      merges.add(left, right, {rank, token});
    }
    Ids word(1 + random() % 300);
    for (TokenId &token : word)
      token = static_cast<TokenId>(random() % 3);
    Ids merged = word;
    applyMerges(merges, merged, 0);
    EXPECT_EQ(merged, mergeNaively(merges, word));
  }
}

TEST(Bpe, CutsOnlyWhereNothingCanJoin) {
  // "abcab..." without a cut, with the only border a-b, and by hand.
  MergeTable merges;
  merges.reset(1);
  merges.add(0, 1, {0, 3});
  merges.addBorder(0, 1);
  Ids word, expected;
  for (int i = 0; i < 100; ++i) {
    word.insert(word.end(), {0, 1, 2});
    expected.insert(expected.end(), {3, 2});
  }
  applyMerges(merges, word, 0);
  EXPECT_EQ(word, expected);
}

TEST(Bpe, AMegabyteOfOneLetterTakesNoTime) {
  std::string vocab = R"("a": 0)", merges, token = "a";
  for (int i = 1; i <= 6; ++i) {
    merges += (i > 1 ? ", \"" : "\"") + token + " " + token + "\"";
    token += token;
    vocab += ", \"" + token + "\": " + std::to_string(i);
  }
  TokenizerJson json;
  json.model = R"({"type": "BPE", "vocab": {)" + vocab + R"(}, "merges": [)" + merges + "]}";
  auto tokenizer = make(json);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(tokenizer->encode(std::string(1 << 20, 'a')), Ids(1 << 14, 6));
  // Quadratic time would be hours; the bound leaves room for sanitizers and busy machines.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

} // namespace
} // namespace weft::text
