// JSON output of the commands.
#pragma once

#include "runtime/base/Quotes.h"
#include "runtime/cli/terminal/Output.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>

namespace weft::cli {

/// JSON whose objects keep the order in which keys were added.
using Json = nlohmann::ordered_json;

/// Writes a document and a newline to standard output. Invalid UTF-8 becomes U+FFFD; numbers that
/// are not finite become null.
inline Result<void> writeJson(const Json &json) {
  return writeText(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// Returns a value on one line. Names come from a file, so control characters are escaped.
inline std::string plain(const Json &value) {
  const std::string text = value.is_string()
                               ? value.get<std::string>()
                               : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return onOneLine(text, std::string::npos);
}

} // namespace weft::cli
