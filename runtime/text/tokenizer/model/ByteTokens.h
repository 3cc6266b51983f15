// The byte tokens <0x00> to <0xFF>, for text that no other token covers (byte fallback).
#pragma once

#include "runtime/text/tokenizer/model/Vocabulary.h"

#include <array>

namespace weft::text {

/// The ids of the byte tokens of a vocabulary.
class ByteTokens {
public:
  ByteTokens() { ids.fill(-1); }
  explicit ByteTokens(const Vocabulary &vocabulary);

  /// Says whether all 256 byte tokens exist.
  bool coverAll() const;
  /// Appends a token for each byte. If a byte has none, appends nothing and returns false.
  bool append(std::string_view bytes, std::vector<TokenId> &tokens) const;

private:
  std::array<TokenId, 256> ids;
};

} // namespace weft::text
