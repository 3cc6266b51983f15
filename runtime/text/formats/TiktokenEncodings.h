// What tiktoken's encodings have beside their vocabularies.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::text {

struct TiktokenEncoding {
  /// A regular expression that cuts text into words.
  std::string_view pattern;
  std::vector<std::pair<std::string, int32_t>> special;
};

/// Null where there is none of that name.
const TiktokenEncoding *findTiktokenEncoding(std::string_view name);
/// For errors.
std::string tiktokenEncodingNames();

} // namespace weft::text
