// What each token adds to a text.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <vector>

namespace weft::text {

/// The bytes of single tokens, as they are in the middle of a text: a byte token adds one,
/// "▁the" and "Ġthe" add " the". Joined, they are what decodeBytes() gives for tokens behind
/// others; at the beginning of a text a decoder may take a space away. Immutable; any thread may
/// use it. The tokenizer must outlive it.
class TokenBytes {
public:
  explicit TokenBytes(const Tokenizer &tokenizer);

  /// UTF-8 or not. Empty for unused ids and ids outside the vocabulary; a special token is empty
  /// too, or itself ("</s>") where it is not to be skipped.
  std::string of(TokenId id, bool skipSpecial = true) const;

private:
  const Tokenizer &tokenizer;
  TokenId front;      // a token to stand before the others; -1: there is none
  std::string before; // what it adds
};

/// [vocabularySize()]: TokenBytes::of() each id, special tokens skipped.
std::vector<std::string> tokenBytes(const Tokenizer &tokenizer);

} // namespace weft::text
