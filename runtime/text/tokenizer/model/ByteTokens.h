// The tokens <0x00> to <0xFF> that spell what no other token covers.
#pragma once

#include "runtime/text/tokenizer/model/Vocabulary.h"

#include <array>

namespace weft::text {

class ByteTokens {
public:
  ByteTokens() { ids.fill(-1); }
  explicit ByteTokens(const Vocabulary &vocabulary);

  bool coverAll() const;
  /// Appends a token for each byte; nothing, and false, where one of them has none.
  bool append(std::string_view bytes, std::vector<TokenId> &tokens) const;

private:
  std::array<TokenId, 256> ids;
};

} // namespace weft::text
