// The reference of each op against values computed by hand or a second formula.

#include "ir/reference/Ops.h"

#include "tests/ir/storage/Formats.h"

#include <cmath>
#include <gmock/gmock.h>

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
Tensor vectorOf(std::vector<float> values) { return {{int64_t(values.size())}, std::move(values)}; }

std::vector<float> valuesOf(Result<Tensor> result) {
  if (result)
    return result->values();
  ADD_FAILURE() << result.error().message;
  return {};
}
template <typename T> std::string errorOf(const Result<T> &result) {
  return result ? "no error" : result.error().message;
}

TEST(Reference, Embed) {
  Tensor table = matrix(3, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(valuesOf(embed(Tensor::ofIndices({2, 0, 2}), table)), ElementsAre(5, 6, 1, 2, 5, 6));
  EXPECT_THAT(errorOf(embed(Tensor::ofIndices({1, 3}), table)),
              HasSubstr("expected ids of 0 to 2, found 3 at index 1"));
  EXPECT_THAT(errorOf(embed(Tensor::ofIndices({-1}), table)), HasSubstr("found -1"));
}

TEST(Reference, TakeRows) {
  Tensor input = matrix(2, {1, 2, 3, 4});
  EXPECT_THAT(valuesOf(takeRows(input, Tensor::ofIndices({1}))), ElementsAre(3, 4));
  EXPECT_THAT(errorOf(takeRows(input, Tensor::ofIndices({2}))),
              HasSubstr("expected rows of 0 to 1"));
}

TEST(Reference, Columns) {
  Tensor input = matrix(2, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(valuesOf(columns(input, 1, 2)), ElementsAre(2, 3, 5, 6));
  EXPECT_FALSE(columns(input, 2, 2));
}

TEST(Reference, AddAndMul) {
  Tensor lhs = matrix(2, {1, 2, 3, 4});
  EXPECT_THAT(valuesOf(add(lhs, matrix(2, {10, 20, 30, 40}))), ElementsAre(11, 22, 33, 44));
  EXPECT_THAT(valuesOf(add(lhs, vectorOf({10, 20}))), ElementsAre(11, 22, 13, 24));
  EXPECT_THAT(valuesOf(mul(lhs, matrix(2, {5, 6, 7, 8}))), ElementsAre(5, 12, 21, 32));
  EXPECT_THAT(valuesOf(mul(lhs, vectorOf({-1, 2}))), ElementsAre(-1, 4, -3, 8));
  EXPECT_THAT(errorOf(add(lhs, matrix(1, {1, 2}))), HasSubstr("expected 2 rows, found 1"));
  EXPECT_THAT(errorOf(mul(lhs, vectorOf({1, 2, 3}))), HasSubstr("expected 2 columns, found 3"));
}

TEST(Reference, Silu) {
  // x * sigmoid(x), from tables of the logistic function.
  EXPECT_THAT(valuesOf(silu(matrix(1, {0, 1, -1, 3, -100}))),
              ElementsAre(0, FloatNear(0.73105858f, 1e-7f), FloatNear(-0.26894142f, 1e-7f),
                          FloatNear(2.85772238f, 3e-7f), FloatNear(0, 1e-37f)));
}

TEST(Reference, Gelu) {
  // PyTorch's gelu(approximate="tanh").
  EXPECT_THAT(valuesOf(gelu(matrix(1, {0, 1, -1, 2, -8}))),
              ElementsAre(0, FloatNear(0.84119199f, 1e-7f), FloatNear(-0.15880801f, 1e-7f),
                          FloatNear(1.95459769f, 2e-7f), FloatNear(0, 1e-7f)));
}

TEST(Reference, RmsNorm) {
  // mean(x^2) = 12.5 in the first row; in the second, epsilon alone.
  EXPECT_THAT(valuesOf(rmsNorm(matrix(2, {3, 4, 0, 0}), vectorOf({1, 2}), 3.5f)),
              ElementsAre(0.75f, 2.0f, 0, 0));
}

TEST(Reference, LayerNorm) {
  // Mean 3, variance 1; with epsilon 3 the factor is 1/2.
  EXPECT_THAT(valuesOf(layerNorm(matrix(1, {2, 4}), vectorOf({10, 4}), vectorOf({1, -1}), 3.0f)),
              ElementsAre(-4, 1));
}

TEST(Reference, NormsKeepAccuracyFarFromZero) {
  // With f32 sums the variance of 10^4 + {-1, 1} would lose all digits.
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(i % 2 ? 10001.0f : 9999.0f);
  std::vector<float> ones(1000, 1.0f), zeros(1000, 0.0f);
  for (float value : valuesOf(layerNorm(matrix(1, values), vectorOf(ones), vectorOf(zeros), 0)))
    EXPECT_EQ(std::fabs(value), 1.0f);
}

TEST(Reference, Linear) {
  EXPECT_THAT(valuesOf(linear(matrix(2, {1, 2, 3, 4}), matrix(3, {1, 0, 0, 1, 5, -1}))),
              ElementsAre(1, 2, 3, 3, 4, 11));
  // Products that cancel in f32.
  EXPECT_THAT(valuesOf(linear(matrix(1, {1e8f, 1, -1e8f}), matrix(1, {1, 1, 1}))), ElementsAre(1));
  EXPECT_FALSE(linear(matrix(1, {1, 2}), matrix(1, {1, 2, 3})));
}

TEST(Reference, LinearAtAwkwardSizes) {
  for (int64_t columns : {1, 7, 31, 33, 127}) {
    std::vector<float> a = test::gaussian(3 * columns, 1), b = test::gaussian(5 * columns, 2);
    std::vector<float> found = valuesOf(linear(matrix(3, a), matrix(5, b)));
    for (int64_t i = 0; i < 3; ++i)
      for (int64_t j = 0; j < 5; ++j) {
        double sum = 0;
        for (int64_t k = 0; k < columns; ++k)
          sum += double(a[i * columns + k]) * b[j * columns + k];
        // The order of f64 sums moves the rounded result by one unit at the most.
        EXPECT_NEAR(found[i * 5 + j], sum, 1e-6 * std::sqrt(double(columns)));
      }
  }
}

TEST(Reference, Quantize) {
  // A row of 127, so that the scale is 1; a short block at the end with scale 2; zeros.
  Storage storage{Scalar::F32, 8, 4, 0, {Arrangement::Kind::Split, 1, 1}};
  EXPECT_THAT(valuesOf(quantize(matrix(2, {127, 0.5f, 1.5f, -2.4f, 254, -3.1f, //
                                           0, 0, 0, 0, 0, 0}),
                                storage)),
              ElementsAre(127, 0, 2, -2, 254, -4, 0, 0, 0, 0, 0, 0));
}

TEST(Reference, QuantizeIsOneDivisionAndOneRounding) {
  Storage storage{Scalar::F32, 8, 32, 0, {Arrangement::Kind::Split, 1, 1}};
  std::vector<float> values = test::gaussian(32 * 50, 4);
  std::vector<float> found = valuesOf(quantize(matrix(2, values), storage));
  // Rows are 25 blocks long.
  for (size_t begin = 0; begin < values.size(); begin += 32) {
    float most = 0;
    for (size_t i = 0; i < 32; ++i)
      most = std::max(most, std::fabs(values[begin + i]));
    float scale = most / 127;
    for (size_t i = 0; i < 32; ++i)
      EXPECT_EQ(found[begin + i], scale * std::nearbyint(values[begin + i] / scale));
  }
}

} // namespace
