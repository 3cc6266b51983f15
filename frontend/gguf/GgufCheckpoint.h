// A GGUF file as a checkpoint.
#pragma once

#include "frontend/Checkpoint.h"

namespace weft {

/// Opens a GGUF file that holds a whole model, or the first of its parts (GgufParts.h), with the
/// others beside it.
Result<std::unique_ptr<Checkpoint>> openGguf(const std::string &path);

} // namespace weft
