// The parts of tiktoken's encodings that are not in their vocabulary files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weft::text {

/// An encoding's pre-tokenizer and special tokens.
struct TiktokenEncoding {
  /// The regular expression that splits text into words.
  std::string_view pattern;
  std::vector<std::pair<std::string, int32_t>> special;
};

/// Returns the encoding called `name`, or null.
const TiktokenEncoding *findTiktokenEncoding(std::string_view name);
/// Returns the names of all encodings, for messages.
std::string tiktokenEncodingNames();

} // namespace weft::text
