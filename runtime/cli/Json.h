// JSON as the commands write it.
#pragma once

#include "runtime/cli/Output.h"

#include <nlohmann/json.hpp>

namespace weft::cli {

/// Keeps the keys in the order they were added.
using Json = nlohmann::ordered_json;

/// Writes a whole document and a newline. Bytes that are no UTF-8 become U+FFFD, numbers
/// that are not finite become null.
inline Result<void> writeJson(const Json &json) {
  return writeOutput(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

} // namespace weft::cli
