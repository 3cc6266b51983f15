// From a word to tokens.
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

/// Immutable; may be used from any thread.
class SubwordModel {
public:
  virtual ~SubwordModel() = default;
  /// Appends the tokens of `word`, any bytes but at least one.
  virtual void tokenize(std::string_view word, std::vector<TokenId> &tokens) const = 0;
  virtual const Vocabulary &vocabulary() const = 0;
  /// One more than the largest id that a text can have. The vocabulary may go on beyond it,
  /// with tokens that are steps of merges and no more.
  virtual size_t size() const { return vocabulary().size(); }
  /// The bytes of `word` that each of its tokens stands for, as tokenize() gave them. An
  /// unknown token takes what lies up to the next one that the word spells.
  std::vector<Span> spans(std::string_view word, std::span<const TokenId> tokens) const;
  /// Whether it has a token for each byte, so that no byte of the text is lost.
  virtual bool coversBytes() const { return false; }

protected:
  /// What a token looks like inside a word; `first` and `last` say where it stands.
  virtual std::string_view spelling(TokenId token, bool first, bool last) const {
    return vocabulary().token(token);
  }
};

/// The id of the token that the field "unk_token" names, or `otherwise`. One that is not in the
/// vocabulary is an error: there would be no id for an unknown word.
Result<TokenId> readUnknown(const Fields &fields, const Vocabulary &vocabulary,
                            std::string_view otherwise);

Result<std::unique_ptr<SubwordModel>> makeModel(JsonValue value, std::string path);

} // namespace weft::text
