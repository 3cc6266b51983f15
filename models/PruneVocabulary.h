// Removes tokens from a model.
#pragma once

#include "models/Family.h"

#include <cstdint>
#include <span>

namespace weft {

/// Keeps only the tokens `kept` (old ids, ascending) in an imported module. The embedding, the
/// output and its bias keep the rows of these tokens, read from the same places of the same files,
/// and logits have that many columns. A row keeps its bits, so the logits of a token do not change.
/// Errors: ids that the model does not have, or an output that is not a product with a weight
/// stored in a file.
Result<void> pruneVocabulary(mlir::ModuleOp module, std::span<const int32_t> kept);

} // namespace weft
