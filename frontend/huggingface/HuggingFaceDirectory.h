// A Hugging Face model directory: config.json, safetensors, tokenizer files.
#pragma once

#include "frontend/Checkpoint.h"

namespace weft {

/// Opens the directory. Weights are `model.safetensors`, or the shards that
/// `model.safetensors.index.json` names.
Result<std::unique_ptr<Checkpoint>> openHuggingFaceDirectory(const std::string &path);

} // namespace weft
