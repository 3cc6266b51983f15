// What each op of the dialect means: the ground truth that every backend is tested against.
//
// One function an op, in the order of ir/ops/; what it computes is in the op's description.
// Sums, means and exponentials are in f64 and results are rounded to f32 once. A row of a
// result depends on nothing but its own row, in a fixed order of sums. Pure, except for
// `append`; any thread. Errors: shapes that do not fit each other (the verifier has seen
// all but the dynamic sizes), and ids, rows, positions or sequences out of range.
#pragma once

#include "ir/reference/KvState.h"
#include "ir/reference/Tensor.h"
#include "runtime/base/Error.h"

#include <optional>

namespace weft::reference {

// Rows.td
Result<Tensor> embed(const Tensor &ids, const Tensor &table);
Result<Tensor> takeRows(const Tensor &input, const Tensor &rows);
Result<Tensor> columns(const Tensor &input, int64_t begin, int64_t count);

// Elementwise.td; `rhs` is a matrix like `lhs` or a vector.
Result<Tensor> add(const Tensor &lhs, const Tensor &rhs);
Result<Tensor> mul(const Tensor &lhs, const Tensor &rhs);
Result<Tensor> silu(const Tensor &input);
Result<Tensor> gelu(const Tensor &input);

// Norm.td
Result<Tensor> rmsNorm(const Tensor &input, const Tensor &weight, float epsilon);
Result<Tensor> layerNorm(const Tensor &input, const Tensor &weight, const Tensor &bias,
                         float epsilon);

// Product.td
Result<Tensor> linear(const Tensor &input, const Tensor &weight);
/// The values that `input` stands for once it is encoded as `storage`.
Result<Tensor> quantize(const Tensor &input, const Storage &storage);

// Attention.td
enum class Pairs : uint8_t { Halves, Neighbours };
Result<Tensor> ropeTable(const Tensor &positions, const Tensor &frequencies);
Result<Tensor> rope(const Tensor &input, const Tensor &table, int64_t heads, Pairs pairs);
/// Changes `state` in place, unless it fails.
Result<void> append(KvState &state, const Tensor &keys, const Tensor &values,
                    const Tensor &positions, const Tensor &sequences);
Result<Tensor> attend(const Tensor &queries, const KvState &state, const Tensor &positions,
                      const Tensor &sequences, int64_t heads, float scale,
                      std::optional<int64_t> window = {});

} // namespace weft::reference
