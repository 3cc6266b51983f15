// The bytes that single tokens add to a text.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <vector>

namespace weft::text {

/// The bytes of single tokens in the middle of a text: a byte token adds one byte, "▁the" and
/// "Ġthe" add " the". Joined, they are what decodeBytes() returns for tokens after others; at the
/// beginning of a text a decoder may drop a space. Immutable; may be used from any thread. The
/// tokenizer must outlive it.
class TokenBytes {
public:
  explicit TokenBytes(const Tokenizer &tokenizer);

  /// Returns the bytes of a token, which need not be valid UTF-8. Empty for unused ids and ids
  /// outside the vocabulary. A special token is empty too, or its text ("</s>") if `skipSpecial` is
  /// false.
  std::string of(TokenId id, bool skipSpecial = true) const;

private:
  const Tokenizer &tokenizer;
  TokenId front;      // a token to put before the one asked for; -1: none is needed
  std::string before; // the bytes that `front` adds
};

/// Returns TokenBytes::of() for each id [vocabularySize()], with special tokens empty.
std::vector<std::string> tokenBytes(const Tokenizer &tokenizer);

} // namespace weft::text
