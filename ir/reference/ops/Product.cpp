#include "ir/reference/Ops.h"
#include "ir/reference/ops/Checks.h"
#include "ir/reference/ops/Dot.h"
#include "ir/storage/Packing.h"

namespace weft::reference {

Result<Tensor> linear(const Tensor &input, const Tensor &weight) {
  if (auto checked = checkSize("columns of the weight", input.columns(), weight.columns());
      !checked)
    return failFrom(checked);
  Tensor result = Tensor::zeros({input.rows(), weight.rows()});
  // A row of the weight at a time, for all rows of the input: the weight is the larger one.
  for (int64_t j = 0; j < weight.rows(); ++j)
    for (int64_t i = 0; i < input.rows(); ++i)
      result.row(i)[j] = float(dot(input.row(i), weight.row(j), input.columns()));
  return result;
}

Result<Tensor> quantize(const Tensor &input, const Storage &storage) {
  std::vector<std::byte> packed(storage.bytes(input.rows(), input.columns()));
  encodeRows(storage, input.columns(), input.values().data(), input.rows(), packed.data());
  Tensor result = Tensor::zeros(input.shape());
  decodeRows(storage, input.columns(), packed.data(), 0, input.rows(), result.values().data());
  return result;
}

} // namespace weft::reference
