// The word-level model: one token for each word.
#pragma once

#include "runtime/text/tokenizer/model/SubwordModel.h"

namespace weft::text {

/// Looks up each word in the vocabulary; a word that is not there becomes the unknown token.
class WordLevel : public SubwordModel {
public:
  static Result<std::unique_ptr<SubwordModel>> make(const Fields &fields, unsigned depth);

  void tokenize(std::string_view word, std::vector<TokenId> &tokens) const override {
    const TokenId found = vocab.find(word);
    tokens.push_back(found >= 0 ? found : unknown);
  }
  const Vocabulary &vocabulary() const override { return vocab; }

private:
  Vocabulary vocab;
  TokenId unknown = -1;
};

} // namespace weft::text
