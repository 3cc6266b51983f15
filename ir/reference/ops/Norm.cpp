#include "ir/reference/Ops.h"
#include "ir/reference/ops/Checks.h"

#include <cmath>

namespace weft::reference {

Result<Tensor> rmsNorm(const Tensor &input, const Tensor &weight, float epsilon) {
  int64_t columns = input.columns();
  if (auto checked = checkSize("weights", columns, weight.columns()); !checked)
    return failFrom(checked);
  Tensor result = Tensor::zeros(input.shape());
  for (int64_t i = 0; i < input.rows(); ++i) {
    const float *x = input.row(i);
    double squares = 0;
    for (int64_t j = 0; j < columns; ++j)
      squares += double(x[j]) * x[j];
    double factor = 1 / std::sqrt(squares / columns + epsilon);
    for (int64_t j = 0; j < columns; ++j)
      result.row(i)[j] = float(x[j] * factor * weight.values()[j]);
  }
  return result;
}

Result<Tensor> layerNorm(const Tensor &input, const Tensor &weight, const Tensor &bias,
                         float epsilon) {
  int64_t columns = input.columns();
  for (const Tensor *vector : {&weight, &bias})
    if (auto checked = checkSize("weights and biases", columns, vector->columns()); !checked)
      return failFrom(checked);
  Tensor result = Tensor::zeros(input.shape());
  for (int64_t i = 0; i < input.rows(); ++i) {
    const float *x = input.row(i);
    double sum = 0, squares = 0;
    for (int64_t j = 0; j < columns; ++j)
      sum += x[j];
    double mean = sum / columns;
    for (int64_t j = 0; j < columns; ++j)
      squares += (x[j] - mean) * (x[j] - mean);
    double factor = 1 / std::sqrt(squares / columns + epsilon);
    for (int64_t j = 0; j < columns; ++j)
      result.row(i)[j] = float((x[j] - mean) * factor * weight.values()[j] + bias.values()[j]);
  }
  return result;
}

} // namespace weft::reference
