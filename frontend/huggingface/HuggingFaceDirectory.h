// Opens a Hugging Face model directory: config.json, safetensors, tokenizer files.
#pragma once

#include "frontend/Checkpoint.h"

namespace weft {

/// Opens the directory. Weights are in `model.safetensors`, or in the shards that
/// `model.safetensors.index.json` names. Errors: as of openCheckpoint().
Result<std::unique_ptr<Checkpoint>> openHuggingFaceDirectory(const std::string &path);

} // namespace weft
