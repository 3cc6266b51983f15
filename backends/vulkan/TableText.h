// Reads single elements of embedding tables in any storage and arrangement.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

/// Declares `float NAME(uint row, uint column)`, which reads an element of the matrix `table`, an
/// argument of the kernel. Returns the name. Emits a diagnostic and fails if the storage is not
/// supported, or the matrix has more elements than 32 bits can count.
mlir::FailureOr<std::string> declareTable(ShaderText &text, mlir::Value table);

/// Returns the value of `code` (an expression) in a format with levels, as an int in units of
/// 1/128.
Expr levelOf(const Storage &storage, const llvm::Twine &code);

} // namespace weft::vulkan
