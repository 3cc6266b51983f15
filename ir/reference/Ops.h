// The definition of each op of the dialect, against which every backend is tested.
//
// One function per op, in the order of ir/ops/; the op's description says what it computes. Sums,
// means and exponentials are in f64, and results are rounded to f32 once. A row of a result depends
// only on the same row of the inputs, with a fixed order of sums. Pure, except for `append`;
// thread-safe. Errors: shapes that do not match (the verifier has checked all but the dynamic
// sizes), and ids, rows, positions or sequences out of range.
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

// Elementwise.td. `rhs` is a matrix of the shape of `lhs`, or a vector.
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
/// Returns `input` encoded as `storage` and decoded again.
Result<Tensor> quantize(const Tensor &input, const Storage &storage);

// Attention.td
enum class Pairs : uint8_t { Halves, Neighbours };
Result<Tensor> ropeTable(const Tensor &positions, const Tensor &frequencies);
Result<Tensor> rope(const Tensor &input, const Tensor &table, int64_t heads, Pairs pairs);
/// Changes `state` in place; after an error it is unchanged.
Result<void> append(KvState &state, const Tensor &keys, const Tensor &values,
                    const Tensor &positions, const Tensor &sequences);
Result<Tensor> attend(const Tensor &queries, const KvState &state, const Tensor &positions,
                      const Tensor &sequences, int64_t heads, float scale,
                      std::optional<int64_t> window = {});

} // namespace weft::reference
