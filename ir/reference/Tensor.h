// Tensors in host memory, on which the reference evaluator computes.
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>
#include <vector>

namespace weft {

/// A dense row-major tensor of f32 or i32 elements, of rank 1 or 2. A value type.
class Tensor {
public:
  enum class Element : uint8_t { F32, I32 };

  Tensor() = default;
  Tensor(std::vector<int64_t> shape, std::vector<float> values)
      : sizes(std::move(shape)), floats(std::move(values)) {
    assert(countOf(sizes) == int64_t(floats.size()));
  }

  static Tensor zeros(std::vector<int64_t> shape) {
    std::vector<float> values(countOf(shape), 0.0f);
    return {std::move(shape), std::move(values)};
  }
  /// A vector of i32: tokens, positions, sequences, rows.
  static Tensor ofIndices(std::vector<int32_t> indices) {
    Tensor tensor;
    tensor.kind = Element::I32;
    tensor.sizes = {int64_t(indices.size())};
    tensor.integers = std::move(indices);
    return tensor;
  }

  Element element() const { return kind; }
  const std::vector<int64_t> &shape() const { return sizes; }
  /// Returns the first dimension of a matrix, 1 for a vector.
  int64_t rows() const { return sizes.size() == 2 ? sizes[0] : 1; }
  /// Returns the last dimension.
  int64_t columns() const { return sizes.empty() ? 0 : sizes.back(); }

  /// The elements of an f32 tensor.
  std::vector<float> &values() { return floats; }
  const std::vector<float> &values() const { return floats; }
  /// The elements of an i32 tensor.
  const std::vector<int32_t> &indices() const { return integers; }

  float *row(int64_t i) { return floats.data() + i * columns(); }
  const float *row(int64_t i) const { return floats.data() + i * columns(); }

private:
  static int64_t countOf(const std::vector<int64_t> &shape) {
    int64_t count = 1;
    for (int64_t size : shape)
      count *= size;
    return count;
  }

  Element kind = Element::F32;
  std::vector<int64_t> sizes;
  std::vector<float> floats;
  std::vector<int32_t> integers;
};

} // namespace weft
