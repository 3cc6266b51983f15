// Added tokens, which are found in the text before normalization and splitting: special tokens, and
// words added to a trained vocabulary.
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

/// An entry of "added_tokens".
struct AddedToken {
  std::string content;
  /// The normalized `content`, if it is searched for in normalized text.
  std::string normalForm;
  bool singleWord = false;
  /// Includes the white space before it ("lstrip").
  bool takesLeft = false;
  /// Includes the white space after it ("rstrip").
  bool takesRight = false;
  /// Whether it is searched for in the normalized text.
  bool normalized = false;
  bool special = false;
};

/// The added tokens of a tokenizer. Immutable once read; may be used from any thread.
class AddedTokens {
public:
  /// Reads the optional field "added_tokens". As in Hugging Face, a token that is also in the
  /// vocabulary keeps its id there. Errors: a malformed entry, or two tokens with one id.
  static Result<AddedTokens> read(const Fields &fields, const Vocabulary &vocabulary,
                                  const Normalizer *normalizer);

  /// Returns the added token with this id, or null.
  const AddedToken *get(TokenId id) const;
  /// Returns the id of an added token, or -1.
  TokenId find(std::string_view token) const;
  /// Returns the largest id plus one.
  size_t size() const { return end; }

  /// Splits `text` at added tokens. Calls `visit(span, token)` for each token, and with token -1
  /// for the text in between. `normalized` selects tokens that are searched for in normalized text,
  /// or the others.
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
