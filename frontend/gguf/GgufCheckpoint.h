// Opens a GGUF file as a checkpoint.
#pragma once

#include "frontend/Checkpoint.h"

namespace weft {

/// Opens a GGUF file with a whole model, or the first of several shards (GgufParts.h) with the
/// others in the same folder. Errors: as of openCheckpoint().
Result<std::unique_ptr<Checkpoint>> openGguf(const std::string &path);

} // namespace weft
