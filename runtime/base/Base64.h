// Base64 (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace weft {

/// Decodes `text`, with or without padding. Returns the bytes, or nothing if `text` is not Base64.
std::optional<std::string> decodeBase64(std::string_view text);
/// Encodes `bytes`, with padding.
std::string encodeBase64(std::string_view bytes);

} // namespace weft
