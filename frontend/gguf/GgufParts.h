// A model that lies in several GGUF files.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <string>
#include <vector>

namespace weft {

/// The paths of all parts, in order, of the model whose first part is `first`, by the names
/// that llama.cpp's gguf-split gives them: "stem-00001-of-00003.gguf" and so on.
/// Errors: `first` has another name, or that of another part or number of parts; more parts than
/// there can be.
Result<std::vector<std::string>> ggufParts(const std::string &first, int64_t count);

} // namespace weft
