// Sizes of tensors whose shapes come from a file, with overflow checks.
#pragma once

#include "ir/storage/Storage.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace weft {

/// Returns the product of the dimensions, 1 for an empty shape; nothing if a dimension is negative
/// or the product of any leading dimensions exceeds 2^56, which is more than any file has.
std::optional<int64_t> elementCount(std::span<const int64_t> shape);

/// Returns the bytes of a tensor, in which all but the last dimension are rows. Nothing on
/// overflow, as above.
std::optional<int64_t> tensorBytes(const Storage &storage, std::span<const int64_t> shape);

/// Returns the shape as text: "[32, 64]".
std::string shapeText(std::span<const int64_t> shape);

} // namespace weft
