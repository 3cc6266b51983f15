#include "ir/reference/Ops.h"
#include "ir/reference/ops/Checks.h"
#include "ir/reference/ops/Dot.h"
#include "ir/storage/Packing.h"

#include <algorithm>
#include <cmath>

namespace weft::reference {

Result<Tensor> ropeTable(const Tensor &positions, const Tensor &frequencies) {
  int64_t count = frequencies.columns();
  Tensor result = Tensor::zeros({positions.columns(), 2 * count});
  for (int64_t i = 0; i < result.rows(); ++i)
    for (int64_t f = 0; f < count; ++f) {
      double angle = double(positions.indices()[i]) * frequencies.values()[f];
      result.row(i)[f] = float(std::cos(angle));
      result.row(i)[count + f] = float(std::sin(angle));
    }
  return result;
}

Result<Tensor> rope(const Tensor &input, const Tensor &table, int64_t heads, Pairs pairs) {
  if (auto checked = checkSize("rows of the table", input.rows(), table.rows()); !checked)
    return failFrom(checked);
  int64_t headDim = input.columns() / heads, count = table.columns() / 2;
  Tensor result = input;
  for (int64_t i = 0; i < input.rows(); ++i)
    for (int64_t head = 0; head < heads; ++head)
      for (int64_t f = 0; f < count; ++f) {
        int64_t first = head * headDim + (pairs == Pairs::Halves ? f : 2 * f);
        int64_t second = pairs == Pairs::Halves ? first + count : first + 1;
        double a = input.row(i)[first], b = input.row(i)[second];
        double cosine = table.row(i)[f], sine = table.row(i)[count + f];
        result.row(i)[first] = float(a * cosine - b * sine);
        result.row(i)[second] = float(a * sine + b * cosine);
      }
  return result;
}

/// One position and one sequence for each of `rows` rows, all within the state.
static Result<void> checkPlaces(const KvState &state, int64_t rows, const Tensor &positions,
                                const Tensor &sequences) {
  if (auto checked = checkSize("positions", rows, positions.columns()); !checked)
    return checked;
  if (auto checked = checkSize("sequences", rows, sequences.columns()); !checked)
    return checked;
  if (auto checked = checkIndices("positions", positions, state.context); !checked)
    return checked;
  return checkIndices("sequences", sequences, state.sequences);
}

/// `heads` rows of `headDim` elements as `storage` can hold them.
static void roundHeads(const Storage &storage, const float *from, int64_t heads, int64_t headDim,
                       float *to) {
  std::vector<std::byte> packed(storage.bytes(heads, headDim));
  encodeRows(storage, headDim, from, heads, packed.data());
  decodeRows(storage, headDim, packed.data(), 0, heads, to);
}

Result<void> append(KvState &state, const Tensor &keys, const Tensor &values,
                    const Tensor &positions, const Tensor &sequences) {
  int64_t columns = state.heads * state.headDim;
  for (const Tensor *matrix : {&keys, &values}) {
    if (auto checked = checkSize("columns of keys and values", columns, matrix->columns());
        !checked)
      return checked;
    if (auto checked = checkPlaces(state, matrix->rows(), positions, sequences); !checked)
      return checked;
  }
  for (int64_t i = 0; i < keys.rows(); ++i) {
    int32_t sequence = sequences.indices()[i], position = positions.indices()[i];
    roundHeads(state.storage, keys.row(i), state.heads, state.headDim,
               state.keysAt(sequence, position));
    roundHeads(state.storage, values.row(i), state.heads, state.headDim,
               state.valuesAt(sequence, position));
  }
  return {};
}

/// softmax(scale * query . keys) over the positions [begin, end), times the values.
static void attendHead(const float *query, const KvState &state, int64_t sequence,
                       int64_t stateHead, int64_t begin, int64_t end, float scale, float *result) {
  int64_t headDim = state.headDim, column = stateHead * headDim;
  std::vector<double> weights(end - begin);
  for (int64_t j = begin; j < end; ++j)
    weights[j - begin] = double(scale) * dot(query, state.keysAt(sequence, j) + column, headDim);
  double largest = *std::max_element(weights.begin(), weights.end()), sum = 0;
  for (double &weight : weights)
    sum += weight = std::exp(weight - largest);
  std::vector<double> mixed(headDim, 0.0);
  for (int64_t j = begin; j < end; ++j) {
    const float *values = state.valuesAt(sequence, j) + column;
    for (int64_t d = 0; d < headDim; ++d)
      mixed[d] += weights[j - begin] * values[d];
  }
  for (int64_t d = 0; d < headDim; ++d)
    result[d] = float(mixed[d] / sum);
}

Result<Tensor> attend(const Tensor &queries, const KvState &state, const Tensor &positions,
                      const Tensor &sequences, int64_t heads, float scale,
                      std::optional<int64_t> window) {
  if (auto checked = checkPlaces(state, queries.rows(), positions, sequences); !checked)
    return failFrom(checked);
  if (auto checked = checkSize("columns of queries", heads * state.headDim, queries.columns());
      !checked)
    return failFrom(checked);
  int64_t group = heads / state.heads;
  Storage rounded = Storage::dense(Scalar::F32);
  if (state.storage.isBlock())
    rounded = {Scalar::F32, 8, state.storage.block, 0, {}};
  std::vector<float> query(queries.columns());
  Tensor result = Tensor::zeros(queries.shape());
  for (int64_t i = 0; i < queries.rows(); ++i) {
    int64_t end = int64_t(positions.indices()[i]) + 1;
    int64_t begin = std::max<int64_t>(0, end - window.value_or(end));
    roundHeads(rounded, queries.row(i), heads, state.headDim, query.data());
    for (int64_t head = 0; head < heads; ++head)
      attendHead(query.data() + head * state.headDim, state, sequences.indices()[i], head / group,
                 begin, end, scale, result.row(i) + head * state.headDim);
  }
  return result;
}

} // namespace weft::reference
