// Takes tokens out of a model.
#pragma once

#include "models/Family.h"

#include <cstdint>
#include <span>

namespace weft {

/// Leaves the tokens `kept` (old ids, ascending) in an imported module: the rows of the
/// embedding, of the output and of its bias are those of the tokens that stay, read from the
/// same places of the same files, and logits have that many columns. A row keeps its bits, so
/// the logits of a token do not change. Errors: ids that the model does not have, or an output
/// that is not a product of a weight as it lies in a file.
Result<void> pruneVocabulary(mlir::ModuleOp module, std::span<const int32_t> kept);

} // namespace weft
