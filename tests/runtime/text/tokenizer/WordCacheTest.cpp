#include "runtime/text/tokenizer/model/WordCache.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace weft::text {
namespace {

std::vector<TokenId> found(WordCache &memory, uint32_t owner, std::string_view word) {
  const auto tokens = memory.find(owner, word);
  return {tokens.begin(), tokens.end()};
}

TEST(WordCache, KnowsWhatWasKept) {
  WordCache memory;
  const uint32_t one = WordCache::newOwner(), other = WordCache::newOwner();
  ASSERT_NE(one, other);
  for (size_t length = 1; length <= 26; ++length) {
    const std::string word(length, 'a');
    EXPECT_TRUE(found(memory, one, word).empty());
    memory.keep(std::vector<TokenId>{TokenId(length), 7});
    EXPECT_EQ(found(memory, one, word), (std::vector<TokenId>{TokenId(length), 7}));
    EXPECT_TRUE(found(memory, other, word).empty());
    // A byte more, less or of another kind is another word.
    EXPECT_TRUE(found(memory, one, word.substr(1) + "b").empty());
    EXPECT_TRUE(found(memory, one, word + "a").empty());
  }
}

TEST(WordCache, LeavesOutWhatIsLong) {
  WordCache memory;
  const uint32_t owner = WordCache::newOwner();
  for (const std::string &word : {std::string(), std::string(27, 'a'), std::string(1000, 'a')}) {
    EXPECT_TRUE(found(memory, owner, word).empty());
    memory.keep(std::vector<TokenId>{1});
    EXPECT_TRUE(found(memory, owner, word).empty());
  }
  for (const std::vector<TokenId> &tokens : {std::vector<TokenId>(), std::vector<TokenId>(9, 1)}) {
    EXPECT_TRUE(found(memory, owner, "word").empty());
    memory.keep(tokens);
    EXPECT_TRUE(found(memory, owner, "word").empty());
  }
  memory.keep(std::vector<TokenId>(8, 2));
  EXPECT_EQ(found(memory, owner, "word"), std::vector<TokenId>(8, 2));
}

TEST(WordCache, IsRightAboutMoreWordsThanItHolds) {
  WordCache memory;
  const uint32_t owner = WordCache::newOwner();
  int known = 0;
  for (int round = 0; round < 2; ++round)
    for (int i = 0; i < 50000; ++i) {
      const std::string word = std::to_string(i * 7919);
      const std::vector<TokenId> tokens = found(memory, owner, word);
      if (tokens.empty())
        memory.keep(std::vector<TokenId>{i});
      else
        EXPECT_EQ(tokens, std::vector<TokenId>{i});
      known += !tokens.empty();
    }
  EXPECT_LT(known, 50000);
}

} // namespace
} // namespace weft::text
