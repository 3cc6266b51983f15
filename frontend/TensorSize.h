// Sizes of tensors whose shapes come from a file.
#pragma once

#include "ir/storage/Storage.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace weft {

/// Product of the dimensions, 1 for none; nothing where a dimension is negative or the
/// product of any leading ones exceeds 2^56, beyond which no file can be.
std::optional<int64_t> elementCount(std::span<const int64_t> shape);

/// Bytes of a tensor: all but the last dimension are rows. Nothing on overflow as above.
std::optional<int64_t> tensorBytes(const Storage &storage, std::span<const int64_t> shape);

/// "[32, 64]".
std::string shapeText(std::span<const int64_t> shape);

} // namespace weft
