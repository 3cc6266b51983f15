// Subword models: from a word to tokens.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/tokenizer/model/Vocabulary.h"
#include "runtime/text/tokenizer/normalize/Offsets.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace weft::text {

/// A model of tokenizer.json. Immutable; may be used from any thread.
class SubwordModel {
public:
  virtual ~SubwordModel() = default;
  /// Appends the tokens of `word`, which may be any bytes but not empty.
  virtual void tokenize(std::string_view word, std::vector<TokenId> &tokens) const = 0;
  virtual const Vocabulary &vocabulary() const = 0;
  /// Returns one more than the largest id that a text can have. The vocabulary may be larger, with
  /// tokens that are only intermediate results of merges.
  virtual size_t size() const { return vocabulary().size(); }
  /// Returns the bytes of `word` that each of its tokens, as tokenize() returned them, stands for.
  /// An unknown token gets the bytes up to the next known one.
  std::vector<Span> spans(std::string_view word, std::span<const TokenId> tokens) const;
  /// Says whether there is a token for each byte, so that no byte of the text is lost.
  virtual bool coversBytes() const { return false; }

protected:
  /// Returns the text of a token inside a word; `first` and `last` say whether it is the first or
  /// last token of the word.
  virtual std::string_view spelling(TokenId token, bool first, bool last) const {
    return vocabulary().token(token);
  }
};

/// Returns the id of the token named by the field "unk_token", or by `otherwise` if there is no
/// such field. Errors: the token is not in the vocabulary, so an unknown word would have no id.
Result<TokenId> readUnknown(const Fields &fields, const Vocabulary &vocabulary,
                            std::string_view otherwise);

/// Makes the model that `value`, at `path` in the file, describes.
Result<std::unique_ptr<SubwordModel>> makeModel(JsonValue value, std::string path);

} // namespace weft::text
