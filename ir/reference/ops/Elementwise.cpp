#include "ir/reference/Ops.h"
#include "ir/reference/ops/Checks.h"

#include <cmath>
#include <numbers>

namespace weft::reference {

template <typename Function>
static Result<Tensor> binary(const Tensor &lhs, const Tensor &rhs, Function function) {
  bool vector = rhs.shape().size() == 1;
  if (auto checked = checkSize("columns", lhs.columns(), rhs.columns()); !checked)
    return failFrom(checked);
  if (auto checked = checkSize("rows", lhs.rows(), vector ? lhs.rows() : rhs.rows()); !checked)
    return failFrom(checked);
  Tensor result = Tensor::zeros(lhs.shape());
  for (int64_t i = 0; i < lhs.rows(); ++i)
    for (int64_t j = 0; j < lhs.columns(); ++j)
      result.row(i)[j] = function(lhs.row(i)[j], rhs.row(vector ? 0 : i)[j]);
  return result;
}

Result<Tensor> add(const Tensor &lhs, const Tensor &rhs) {
  return binary(lhs, rhs, [](float a, float b) { return a + b; });
}

Result<Tensor> mul(const Tensor &lhs, const Tensor &rhs) {
  return binary(lhs, rhs, [](float a, float b) { return a * b; });
}

template <typename Function> static Tensor unary(const Tensor &input, Function function) {
  Tensor result = Tensor::zeros(input.shape());
  for (size_t i = 0; i < input.values().size(); ++i)
    result.values()[i] = float(function(double(input.values()[i])));
  return result;
}

Result<Tensor> silu(const Tensor &input) {
  return unary(input, [](double x) { return x / (1 + std::exp(-x)); });
}

Result<Tensor> gelu(const Tensor &input) {
  return unary(input, [](double x) {
    double inner = std::sqrt(2 * std::numbers::inv_pi) * (x + 0.044715 * x * x * x);
    return 0.5 * x * (1 + std::tanh(inner));
  });
}

} // namespace weft::reference
