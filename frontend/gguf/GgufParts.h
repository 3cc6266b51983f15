// Finds the files of a model that is sharded over several GGUF files.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

/// Returns the paths of all shards, in order, of the model whose first shard is `first` and which
/// has `count` shards, by the names of llama.cpp's gguf-split: "stem-00001-of-00003.gguf" and so
/// on. Errors: `first` has no such name, or the name of another shard or number of shards; more
/// shards than the names allow.
Result<std::vector<std::string>> ggufParts(const std::string &first, int64_t count);

} // namespace weft
