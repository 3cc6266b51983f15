// WordPiece, BERT's model (Wu et al., 2016, https://arxiv.org/abs/1609.08144).
#pragma once

#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/tokenizer/model/Trie.h"

namespace weft::text {

/// Takes the longest token that is a prefix of the word, then the longest continuation of it, and
/// so on. A word that cannot be completed, or that is too long, becomes one unknown token.
class WordPiece : public SubwordModel {
public:
  static Result<std::unique_ptr<SubwordModel>> make(const Fields &fields, unsigned depth);

  void tokenize(std::string_view word, std::vector<TokenId> &tokens) const override;
  const Vocabulary &vocabulary() const override { return vocab; }

private:
  std::string_view spelling(TokenId token, bool first, bool last) const override;

  Vocabulary vocab;
  /// Prefix of tokens that continue a word ("##").
  std::string prefix;
  Trie beginnings, continuations;
  TokenId unknown = -1;
  /// The longest word, in characters.
  uint64_t longestWord = 0;
};

} // namespace weft::text
