// JSON as the commands write it.
#pragma once

#include "runtime/base/Quotes.h"
#include "runtime/cli/terminal/Output.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>

namespace weft::cli {

/// Keeps the keys in the order they were added.
using Json = nlohmann::ordered_json;

/// Writes a whole document and a newline. Bytes that are no UTF-8 become U+FFFD, numbers
/// that are not finite become null.
inline Result<void> writeJson(const Json &json) {
  return writeText(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

/// A value on one line. Names come from a file, so what could steer a terminal is spelled out.
inline std::string plain(const Json &value) {
  const std::string text = value.is_string()
                               ? value.get<std::string>()
                               : value.dump(-1, ' ', false, Json::error_handler_t::replace);
  return onOneLine(text, std::string::npos);
}

} // namespace weft::cli
