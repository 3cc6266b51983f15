// Single elements of tables of embeddings, in whatever format and layout they are stored.
#pragma once

#include "backends/vulkan/ShaderText.h"

namespace weft::vulkan {

/// Declares `float NAME(uint row, uint column)` that reads an element of the matrix `table`, an
/// argument of the kernel, and returns its name. Emits a diagnostic where no format of that kind
/// is known, or the matrix has more elements than 32 bits count.
mlir::FailureOr<std::string> declareTable(ShaderText &text, mlir::Value table);

/// Value of code `code` (an expression) of a format with levels, in units of 1/128, an int.
Expr levelOf(const Storage &storage, const llvm::Twine &code);

} // namespace weft::vulkan
