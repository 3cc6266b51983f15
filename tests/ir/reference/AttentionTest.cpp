#include "ir/reference/Ops.h"

#include "tests/ir/storage/Formats.h"

#include <cmath>
#include <complex>
#include <gmock/gmock.h>
#include <span>

using namespace weft;
using namespace weft::reference;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

namespace {

Tensor matrix(int64_t rows, std::vector<float> values) {
  int64_t columns = int64_t(values.size()) / rows;
  return {{rows, columns}, std::move(values)};
}

TEST(Reference, RopeTable) {
  auto table = ropeTable(Tensor::ofIndices({0, 3, 1 << 20}), {{2}, {1.0f, 0.1f}});
  ASSERT_TRUE(table);
  EXPECT_EQ(table->shape(), (std::vector<int64_t>{3, 4}));
  // cos and sin of 3 and 0.3, then of 2^20 and 2^20 * float(0.1), which were reduced with
  // 60 digits of pi.
  EXPECT_THAT(table->values(),
              ElementsAre(1, 1, 0, 0, //
                          FloatNear(-0.98999250f, 1e-7f), FloatNear(0.95533649f, 1e-7f),
                          FloatNear(0.14112001f, 1e-7f), FloatNear(0.29552021f, 1e-7f),
                          FloatNear(0.94380839f, 1e-7f), FloatNear(-0.78780230f, 1e-7f),
                          FloatNear(0.33049314f, 1e-7f), FloatNear(-0.61592820f, 1e-7f)));
}

/// Rotation as a product of complex numbers.
TEST(Reference, Rope) {
  constexpr int64_t heads = 3, headDim = 7, count = 2; // an odd rest is left alone
  std::vector<float> values = test::gaussian(2 * heads * headDim, 1);
  float angles[2][2] = {{0.3f, 2.0f}, {-1.0f, 0.1f}};
  std::vector<float> table;
  for (auto &row : angles)
    for (auto function :
         {+[](float x) { return std::cos(x); }, +[](float x) { return std::sin(x); }})
      for (float angle : row)
        table.push_back(function(angle));
  for (Pairs pairs : {Pairs::Halves, Pairs::Neighbours}) {
    auto found = rope(matrix(2, values), matrix(2, table), heads, pairs);
    ASSERT_TRUE(found);
    std::vector<float> expected = values;
    for (int64_t i = 0; i < 2; ++i)
      for (int64_t head = 0; head < heads; ++head)
        for (int64_t f = 0; f < count; ++f) {
          float *x = &expected[(i * heads + head) * headDim];
          float &a = pairs == Pairs::Halves ? x[f] : x[2 * f];
          float &b = pairs == Pairs::Halves ? x[f + count] : x[2 * f + 1];
          auto rotated = std::complex<double>(a, b) * std::polar(1.0, double(angles[i][f]));
          a = float(rotated.real());
          b = float(rotated.imag());
        }
    for (size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(found->values()[i], expected[i], 4e-7) << i;
  }
  EXPECT_FALSE(rope(matrix(2, values), matrix(1, {1, 1, 0, 0}), heads, Pairs::Halves));
}

TEST(Reference, AppendRoundsToTheElementType) {
  for (auto [element, expected] : {std::pair{Scalar::F32, 1.0001f}, {Scalar::F16, 1.0f}}) {
    KvState state(1, 2, Storage::dense(element), 2, 4);
    auto appended = append(state, matrix(1, {1.0001f, 2}), matrix(1, {3, 4}),
                           Tensor::ofIndices({3}), Tensor::ofIndices({1}));
    ASSERT_TRUE(appended) << appended.error().message;
    EXPECT_EQ(state.keysAt(1, 3)[0], expected);
    EXPECT_EQ(state.valuesAt(1, 3)[1], 4);
    EXPECT_EQ(state.keysAt(1, 2)[0], 0);
    EXPECT_EQ(state.keysAt(0, 3)[0], 0);
  }
}

TEST(Reference, AppendRoundsEachHeadToBlocks) {
  Storage storage = Storage::q8(Scalar::F16);
  storage.block = 16;
  KvState state(2, 3, storage, 1, 2);
  // Scales 1 and 4 for the keys of the two heads; 2.5 * 4 is half-way and goes to the even code.
  ASSERT_TRUE(append(state, matrix(1, {127, 1.4f, -3.6f, -508, 10, 7}),
                     matrix(1, {0, 0, 0, 254, 1, 3}), Tensor::ofIndices({1}),
                     Tensor::ofIndices({0})));
  EXPECT_THAT(std::span(state.keysAt(0, 1), 6), ElementsAre(127, 1, -4, -508, 8, 8));
  EXPECT_THAT(std::span(state.valuesAt(0, 1), 6), ElementsAre(0, 0, 0, 254, 0, 4));
}

TEST(Reference, QueriesOfBlocksAreRoundedToo) {
  Storage storage = Storage::q8(Scalar::F16);
  storage.block = 16;
  KvState state(1, 2, storage, 1, 2);
  ASSERT_TRUE(append(state, matrix(2, {127, 0, 0, 127}), matrix(2, {127, 0, 0, 127}),
                     Tensor::ofIndices({0, 1}), Tensor::ofIndices({0, 0})));
  // The query becomes 127 and 1: 126 * 127 * scale apart, ln 3 with this scale.
  float scale = std::log(3.0f) / (126 * 127);
  auto result = attend(matrix(1, {127, 1.4f}), state, Tensor::ofIndices({1}),
                       Tensor::ofIndices({0}), 1, scale);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->values(), ElementsAre(FloatNear(95.25f, 1e-4f), FloatNear(31.75f, 1e-4f)));
}

TEST(Reference, AppendChecksPlaces) {
  KvState state(1, 2, Storage::dense(Scalar::F32), 2, 4);
  auto place = [&](std::vector<int32_t> positions, std::vector<int32_t> sequences) {
    auto appended = append(state, matrix(1, {1, 2}), matrix(1, {3, 4}),
                           Tensor::ofIndices(positions), Tensor::ofIndices(sequences));
    return appended ? std::string() : appended.error().message;
  };
  EXPECT_THAT(place({4}, {0}), HasSubstr("expected positions of 0 to 3, found 4"));
  EXPECT_THAT(place({-1}, {0}), HasSubstr("found -1"));
  EXPECT_THAT(place({0}, {2}), HasSubstr("expected sequences of 0 to 1, found 2"));
  EXPECT_THAT(place({0, 1}, {0}), HasSubstr("expected 1 positions, found 2"));
  EXPECT_EQ(state.keysAt(0, 0)[0], 0) << "nothing was changed";
}

TEST(Reference, AttendByHand) {
  KvState state(1, 2, Storage::dense(Scalar::F32), 1, 4);
  ASSERT_TRUE(append(state, matrix(3, {1, 0, 0, 1, 5, 5}), matrix(3, {1, 2, 3, 6, 100, 100}),
                     Tensor::ofIndices({0, 1, 2}), Tensor::ofIndices({0, 0, 0})));
  // At position 1: logits ln 3 and 0, so weights 3/4 and 1/4; position 2 is in the future.
  auto result = attend(matrix(1, {std::log(3.0f), 0}), state, Tensor::ofIndices({1}),
                       Tensor::ofIndices({0}), 1, 1.0f);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->values(), ElementsAre(FloatNear(1.5f, 2e-7f), FloatNear(3.0f, 4e-7f)));
}

TEST(Reference, AttendWithinAWindow) {
  KvState state(1, 1, Storage::dense(Scalar::F32), 1, 8);
  std::vector<int32_t> positions{0, 1, 2, 3}, zeros(4, 0);
  ASSERT_TRUE(append(state, matrix(4, {0, 0, 0, 0}), matrix(4, {1, 2, 4, 8}),
                     Tensor::ofIndices(positions), Tensor::ofIndices(zeros)));
  // All weights are equal: means of the last two values.
  auto result = attend(matrix(4, {1, 1, 1, 1}), state, Tensor::ofIndices(positions),
                       Tensor::ofIndices(zeros), 1, 1.0f, 2);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_THAT(result->values(), ElementsAre(1, 1.5f, 3, 6));
}

TEST(Reference, AttendOverGroupsAndSequences) {
  constexpr int64_t heads = 6, stateHeads = 2, headDim = 5, context = 33, tokens = 40;
  unsigned seed = 3;
  SCOPED_TRACE("seed " + std::to_string(seed));
  KvState state(stateHeads, headDim, Storage::dense(Scalar::F32), 2, context);
  std::vector<float> keys = test::gaussian(tokens * stateHeads * headDim, seed);
  std::vector<float> values = test::gaussian(tokens * stateHeads * headDim, seed + 1);
  std::vector<int32_t> positions, sequences;
  for (int32_t i = 0; i < tokens; ++i) { // 31 tokens of sequence 1, then 9 of sequence 0
    positions.push_back(i < 31 ? i : i - 31);
    sequences.push_back(i < 31 ? 1 : 0);
  }
  ASSERT_TRUE(append(state, matrix(tokens, keys), matrix(tokens, values),
                     Tensor::ofIndices(positions), Tensor::ofIndices(sequences)));
  std::vector<float> queries = test::gaussian(tokens * heads * headDim, seed + 2);
  auto result = attend(matrix(tokens, queries), state, Tensor::ofIndices(positions),
                       Tensor::ofIndices(sequences), heads, 0.4f);
  ASSERT_TRUE(result) << result.error().message;

  for (int64_t i = 0; i < tokens; ++i)
    for (int64_t h = 0; h < heads; ++h)
      for (int64_t d = 0; d < headDim; ++d) {
        int64_t first = i < 31 ? 0 : 31, g = h / 3;
        double sum = 0, mixed = 0;
        for (int64_t j = first; j <= i; ++j) {
          double logit = 0;
          for (int64_t e = 0; e < headDim; ++e)
            logit += 0.4 * double(queries[(i * heads + h) * headDim + e]) *
                     keys[(j * stateHeads + g) * headDim + e];
          sum += std::exp(logit);
          mixed += std::exp(logit) * values[(j * stateHeads + g) * headDim + d];
        }
        // 0.4f and 0.4 differ by 1e-8 of the logits.
        EXPECT_NEAR(result->row(i)[h * headDim + d], mixed / sum, 1e-6) << i << " " << h;
      }
}

TEST(Reference, AttendTakesLargeLogits) {
  KvState state(1, 1, Storage::dense(Scalar::F32), 1, 2);
  ASSERT_TRUE(append(state, matrix(2, {1000, -1000}), matrix(2, {3, 4}), Tensor::ofIndices({0, 1}),
                     Tensor::ofIndices({0, 0})));
  auto result =
      attend(matrix(1, {50}), state, Tensor::ofIndices({1}), Tensor::ofIndices({0}), 1, 1);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->values(), ElementsAre(3));
  EXPECT_FALSE(
      attend(matrix(1, {50}), state, Tensor::ofIndices({2}), Tensor::ofIndices({0}), 1, 1));
}

} // namespace
