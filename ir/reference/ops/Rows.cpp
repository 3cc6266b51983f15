#include "ir/reference/Ops.h"
#include "ir/reference/ops/Checks.h"

#include <algorithm>

namespace weft::reference {

static Tensor gather(const Tensor &table, const std::vector<int32_t> &rows) {
  Tensor result = Tensor::zeros({int64_t(rows.size()), table.columns()});
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy_n(table.row(rows[i]), table.columns(), result.row(i));
  return result;
}

Result<Tensor> embed(const Tensor &ids, const Tensor &table) {
  if (auto checked = checkIndices("ids", ids, table.rows()); !checked)
    return failFrom(checked);
  return gather(table, ids.indices());
}

Result<Tensor> takeRows(const Tensor &input, const Tensor &rows) {
  if (auto checked = checkIndices("rows", rows, input.rows()); !checked)
    return failFrom(checked);
  return gather(input, rows.indices());
}

Result<Tensor> columns(const Tensor &input, int64_t begin, int64_t count) {
  if (begin < 0 || count < 0 || begin + count > input.columns())
    return fail("expected columns below " + std::to_string(input.columns()) + ", found " +
                std::to_string(begin) + " to " + std::to_string(begin + count));
  Tensor result = Tensor::zeros({input.rows(), count});
  for (int64_t i = 0; i < input.rows(); ++i)
    std::copy_n(input.row(i) + begin, count, result.row(i));
  return result;
}

} // namespace weft::reference
