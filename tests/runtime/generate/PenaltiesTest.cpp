#include "runtime/generate/sampling/Penalties.h"

#include <gtest/gtest.h>
#include <limits>

using namespace weft;

namespace {

using Ids = std::vector<int32_t>;
using Logits = std::vector<float>;
constexpr float infinity = std::numeric_limits<float>::infinity();

Logits applied(const SamplerOptions &options, const Ids &prompt, const Ids &text, Logits logits) {
  Penalties penalties(options);
  penalties.begin(prompt);
  for (int32_t id : text)
    penalties.accept(id);
  auto done = penalties.apply(logits);
  EXPECT_TRUE(done) << done.error().message;
  return logits;
}

TEST(Penalties, RepetitionMakesBothSignsLessLikely) {
  SamplerOptions options;
  options.repetitionPenalty = 2;
  EXPECT_EQ(applied(options, {0, 0}, {1, 2}, {4, -4, 0, 4}), (Logits{2, -8, 0, 4}));
}

TEST(Penalties, PresenceCountsOnceAndFrequencyEachTime) {
  SamplerOptions options;
  options.presencePenalty = 1;
  options.frequencyPenalty = 0.5;
  EXPECT_EQ(applied(options, {0, 0}, {0, 1}, {4, 4, 4}), (Logits{1.5, 2.5, 4}));
}

TEST(Penalties, RepetitionComesBeforeTheOthers) {
  SamplerOptions options;
  options.repetitionPenalty = 2;
  options.presencePenalty = 1;
  EXPECT_EQ(applied(options, {0}, {}, {4}), (Logits{1}));
}

TEST(Penalties, CountTheWindowOnly) {
  SamplerOptions options;
  options.frequencyPenalty = 1;
  const Ids prompt = {0, 0, 0, 1}, text = {2, 2};
  for (auto [window, expected] : {std::pair<uint64_t, Logits>{1, {0, 0, -1}},
                                  {2, {0, 0, -2}},
                                  {3, {0, -1, -2}},
                                  {5, {-2, -1, -2}},
                                  {6, {-3, -1, -2}},
                                  {0, {-3, -1, -2}},
                                  {UINT64_MAX, {-3, -1, -2}}}) {
    options.penaltyWindow = window;
    EXPECT_EQ(applied(options, prompt, text, {0, 0, 0}), expected) << window;
  }
}

TEST(Penalties, BeginForgets) {
  SamplerOptions options;
  options.presencePenalty = 1;
  Penalties penalties(options);
  penalties.begin(Ids{0});
  EXPECT_TRUE(penalties.isActive());
  penalties.begin(Ids{});
  EXPECT_FALSE(penalties.isActive());
}

TEST(Penalties, OfNothingCountNothing) {
  Penalties penalties{SamplerOptions()};
  penalties.begin(Ids{1, 2, 3});
  EXPECT_FALSE(penalties.isActive());
}

TEST(Penalties, BiasesAddUpAndForbid) {
  SamplerOptions options;
  options.logitBias = {{0, 1}, {0, 2}, {2, -infinity}, {1, -3}};
  EXPECT_EQ(applied(options, {}, {}, {1, 1, 1, -infinity}), (Logits{4, -2, -infinity, -infinity}));
}

TEST(Penalties, FiniteLogitsStayFinite) {
  SamplerOptions options;
  options.repetitionPenalty = 1e-300;
  options.presencePenalty = -1e300;
  options.logitBias = {{1, -std::numeric_limits<float>::max()}};
  constexpr float most = std::numeric_limits<float>::max();
  EXPECT_EQ(applied(options, {0}, {}, {5, -most, -infinity}), (Logits{most, -most, -infinity}));
}

TEST(Penalties, RefuseABiasOutsideTheVocabulary) {
  SamplerOptions options;
  options.logitBias = {{3, 1}};
  Logits logits(3);
  auto done = Penalties(options).apply(logits);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().message.find("below 3"), std::string::npos);
}

} // namespace
