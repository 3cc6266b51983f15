#include "frontend/TensorSize.h"

namespace weft {

std::optional<int64_t> elementCount(std::span<const int64_t> shape) {
  constexpr int64_t largest = int64_t(1) << 56;
  int64_t count = 1;
  for (int64_t dimension : shape)
    if (dimension < 0 || __builtin_mul_overflow(count, dimension, &count) || count > largest)
      return std::nullopt;
  return count;
}

std::optional<int64_t> tensorBytes(const Storage &storage, std::span<const int64_t> shape) {
  if (shape.empty())
    return storage.bytes(1, 1);
  std::optional<int64_t> rows = elementCount(shape.first(shape.size() - 1));
  // The last dimension alone is checked too: no rows of too many columns is still hostile.
  if (!rows || !elementCount(shape.last(1)) || !elementCount(shape))
    return std::nullopt;
  return storage.bytes(*rows, shape.back());
}

std::string shapeText(std::span<const int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

} // namespace weft
