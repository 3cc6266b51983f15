// Tokens that are looked for in the text before anything else: special ones, and words that
// were added to a trained vocabulary.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/TokenMatcher.h"
#include "runtime/text/tokenizer/model/Vocabulary.h"
#include "runtime/text/tokenizer/normalize/Normalizer.h"

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace weft::text {

struct AddedToken {
  std::string content;
  /// What it looks like in normalized text, where it is looked for there.
  std::string normalForm;
  bool singleWord = false;
  /// Swallows the whitespace before it.
  bool takesLeft = false;
  /// Swallows the whitespace after it.
  bool takesRight = false;
  /// Looked for in the normalized text.
  bool normalized = false;
  bool special = false;
};

/// Immutable once read; may be used from any thread.
class AddedTokens {
public:
  /// Reads the field "added_tokens", if it is there. A token of the vocabulary keeps the id
  /// it has there, as with Hugging Face; another must have an id of its own.
  static Result<AddedTokens> read(const Fields &fields, const Vocabulary &vocabulary,
                                  const Normalizer *normalizer);

  /// Null where it is none.
  const AddedToken *get(TokenId id) const;
  /// -1 where there is none.
  TokenId find(std::string_view token) const;
  /// The largest id plus one.
  size_t size() const { return end; }

  /// Splits `text` at added tokens: calls `visit(span, token)` for each, and with token -1
  /// for the text between. `normalized` tells which ones to look for.
  template <typename Visit> void split(std::string_view text, bool normalized, Visit visit) const {
    for (const TokenMatcher::Match &part : parts(text, normalized))
      visit(part.span, part.token);
  }

private:
  std::vector<TokenMatcher::Match> parts(std::string_view text, bool normalized) const;

  std::map<TokenId, AddedToken> tokens;
  std::unordered_map<std::string, TokenId> ids;
  TokenMatcher verbatim, inNormalized;
  size_t end = 0;
};

} // namespace weft::text
