#include "runtime/generate/BeamSearch.h"
#include "FakeDecoder.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

using namespace weft;

namespace {

constexpr uint32_t vocabulary = 5;
constexpr int32_t endId = 4;
using Ids = std::vector<int32_t>;
const Ids prompt = {2, 0, 3}, ends = {endId};

FakeDecoder decoderOf(size_t sequences, uint64_t context = 32) {
  FakeDecoder decoder(vocabulary, context,
                      [](std::span<const int32_t> text) { return scrambled(text, vocabulary); });
  decoder.texts.resize(sequences);
  decoder.rowsLimit = 7;
  return decoder;
}

/// No 1 after a 0.
class NoOneAfterZero final : public TokenConstraint {
public:
  Result<void> mask(std::span<uint64_t> bits) override {
    bits[0] = last == 0 ? 0b11101 : 0b11111;
    return {};
  }
  Result<void> accept(int32_t token) override {
    last = token;
    return {};
  }
  void rollback(uint64_t) override {}
  std::unique_ptr<TokenConstraint> fork() const override {
    return std::make_unique<NoOneAfterZero>(*this);
  }
  int32_t last = -1;
};

/// All texts of at most `left` more tokens, with the C library.
void enumerate(Ids text, double sum, uint64_t left, const BeamOptions &options,
               std::vector<BeamText> &all) {
  const std::vector<float> logits = scrambled(text, vocabulary);
  double mass = 0;
  for (float logit : logits)
    mass += std::exp(double(logit));
  for (int32_t id = 0; id < int32_t(vocabulary); ++id) {
    const bool isFirst = text.size() == prompt.size();
    if (options.constraint && id == 1 && !isFirst && text.back() == 0)
      continue;
    const double next = sum + logits[size_t(id)] - std::log(mass);
    Ids longer = text;
    longer.push_back(id);
    if (id == endId || left == 1) {
      const auto length = double(longer.size() - prompt.size());
      const Ids ids(longer.begin() + std::ptrdiff_t(prompt.size()), longer.end() - (id == endId));
      all.push_back({ids, next, next / std::pow(length, options.lengthPenalty),
                     id == endId ? Stop::End : Stop::Limit});
    } else {
      enumerate(longer, next, left - 1, options, all);
    }
  }
}

TEST(BeamSearch, WideEnoughIsExhaustive) {
  const NoOneAfterZero constraint;
  for (double penalty : {0.0, 1.0, 2.5, -0.7})
    for (const TokenConstraint *held :
         {(const TokenConstraint *)nullptr, (const TokenConstraint *)&constraint}) {
      SCOPED_TRACE(penalty);
      BeamOptions options = {.width = 64,
                             .best = 40,
                             .newTokens = 4,
                             .endIds = ends,
                             .constraint = held,
                             .lengthPenalty = penalty};
      std::vector<BeamText> all;
      enumerate(prompt, 0, options.newTokens, options, all);
      std::ranges::sort(all, std::greater(), &BeamText::score);
      FakeDecoder decoder = decoderOf(64);
      auto found = beamSearch(decoder, prompt, options);
      ASSERT_TRUE(found) << found.error().message;
      ASSERT_EQ(found->texts.size(), 40u);
      for (size_t i = 0; i < 40; ++i) {
        EXPECT_EQ(found->texts[i].ids, all[i].ids) << i;
        EXPECT_NEAR(found->texts[i].score, all[i].score, 1e-12);
        EXPECT_NEAR(found->texts[i].logProbability, all[i].logProbability, 1e-12);
        EXPECT_EQ(found->texts[i].stop, all[i].stop);
      }
    }
}

/// The definition, over whole texts that are read from the beginning each time.
std::vector<BeamText> plainSearch(const BeamOptions &options) {
  struct Live {
    Ids ids;
    double sum;
  };
  std::vector<Live> live = {{{}, 0}};
  std::vector<BeamText> done;
  for (uint64_t length = 1; length <= options.newTokens && !live.empty(); ++length) {
    std::vector<Live> all;
    for (const Live &beam : live) {
      Ids text = prompt;
      text.insert(text.end(), beam.ids.begin(), beam.ids.end());
      const std::vector<float> logits = scrambled(text, vocabulary);
      for (int32_t id = 0; id < int32_t(vocabulary); ++id) {
        Live next = {beam.ids, beam.sum + logProbabilities(logits, id, 0).taken};
        next.ids.push_back(id);
        all.push_back(next);
      }
    }
    std::ranges::sort(all, std::greater(), &Live::sum);
    live.clear();
    for (size_t rank = 0; rank < all.size() && live.size() < options.width; ++rank) {
      const bool isEnd = all[rank].ids.back() == endId;
      const double score = all[rank].sum / std::pow(double(length), options.lengthPenalty);
      if (!isEnd)
        live.push_back(all[rank]);
      if (isEnd ? rank < options.width : length == options.newTokens)
        done.push_back({Ids(all[rank].ids.begin(), all[rank].ids.end() - isEnd), all[rank].sum,
                        score, isEnd ? Stop::End : Stop::Limit});
    }
  }
  std::ranges::sort(done, std::greater(), &BeamText::score);
  done.resize(std::min<size_t>(done.size(), options.best));
  return done;
}

TEST(BeamSearch, NarrowIsItsDefinition) {
  for (uint64_t width : {1, 2, 3, 5, 8})
    for (uint64_t newTokens : {1, 2, 9, 20}) {
      SCOPED_TRACE(width);
      const BeamOptions options = {
          .width = width, .best = width, .newTokens = newTokens, .endIds = ends};
      FakeDecoder decoder = decoderOf(width);
      auto found = beamSearch(decoder, prompt, options);
      ASSERT_TRUE(found) << found.error().message;
      const std::vector<BeamText> should = plainSearch(options);
      ASSERT_EQ(found->texts.size(), should.size());
      for (size_t i = 0; i < should.size(); ++i) {
        EXPECT_EQ(found->texts[i].ids, should[i].ids);
        EXPECT_NEAR(found->texts[i].score, should[i].score, 1e-12);
      }
    }
}

TEST(BeamSearch, CopiesWhatDiffersOnly) {
  FakeDecoder decoder = decoderOf(4, 200);
  Ids long_(100, 1);
  auto found = beamSearch(decoder, long_, {.width = 4, .newTokens = 50});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->decodeSteps, 49u);
  // The prompt three times; then beams that part from each other do so late.
  EXPECT_GE(decoder.copied, 300u);
  EXPECT_LT(decoder.copied, 300u + 4 * 50 * 10);
}

TEST(BeamSearch, EndsWithTheContext) {
  FakeDecoder decoder = decoderOf(2, 6);
  auto found = beamSearch(decoder, prompt, {.width = 2, .best = 2, .newTokens = 50});
  ASSERT_TRUE(found) << found.error().message;
  for (const BeamText &text : found->texts) {
    EXPECT_EQ(text.stop, Stop::Context);
    EXPECT_EQ(text.ids.size(), 4u); // the last has no position of its own
  }
}

TEST(BeamSearch, GivesWhatItHasWhenInterrupted) {
  FakeDecoder decoder = decoderOf(3);
  int left = 4;
  auto found = beamSearch(decoder, prompt, {.width = 3, .best = 3, .newTokens = 20},
                          [&] { return left-- > 0; });
  ASSERT_TRUE(found);
  ASSERT_EQ(found->texts.size(), 3u);
  EXPECT_EQ(found->texts[0].stop, Stop::Interrupted);
  EXPECT_EQ(found->texts[0].ids.size(), 4u);
  left = 0;
  auto none = beamSearch(decoder, prompt, {}, [&] { return left-- > 0; });
  EXPECT_FALSE(none) << "three sequences are too few for four beams";
  auto nothing = beamSearch(decoder, prompt, {.width = 2}, [&] { return left-- > 0; });
  ASSERT_TRUE(nothing);
  EXPECT_TRUE(nothing->texts.empty());
}

TEST(BeamSearch, RefusesWhatCannotBe) {
  FakeDecoder decoder = decoderOf(4);
  auto refuses = [&](const BeamOptions &options) { return !beamSearch(decoder, prompt, options); };
  EXPECT_TRUE(refuses({.width = 5}));
  EXPECT_TRUE(refuses({.width = 0}));
  EXPECT_TRUE(refuses({.best = 0}));
  EXPECT_TRUE(refuses({.best = 5}));
  EXPECT_TRUE(refuses({.newTokens = 0}));
  EXPECT_TRUE(refuses({.lengthPenalty = NAN}));
  EXPECT_TRUE(refuses({.held = 3}));
  decoder.forks = false;
  EXPECT_TRUE(refuses({}));
  EXPECT_FALSE(refuses({.width = 1}));
}

} // namespace
