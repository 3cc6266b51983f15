// The unigram language model (Kudo, 2018, https://arxiv.org/abs/1804.10959).
#pragma once

#include "runtime/text/tokenizer/model/ByteTokens.h"
#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/tokenizer/model/Trie.h"

namespace weft::text {

/// Cuts a word into the tokens whose probabilities have the largest product, found by
/// Viterbi's algorithm in time linear in the word, times the longest token.
class Unigram : public SubwordModel {
public:
  static Result<std::unique_ptr<SubwordModel>> make(const Fields &fields, unsigned depth);

  void tokenize(std::string_view word, std::vector<TokenId> &tokens) const override;
  const Vocabulary &vocabulary() const override { return vocab; }
  bool coversBytes() const override { return byteFallback && bytes.coverAll(); }

private:
  /// The best way to the end of a prefix of the word.
  struct Step {
    double score = 0;
    /// Where its last token begins.
    uint32_t begin = none;
    TokenId token = -1;
  };
  static constexpr uint32_t none = ~uint32_t(0);
  void appendUnknown(std::string_view text, std::vector<TokenId> &tokens) const;

  Vocabulary vocab;
  /// Logarithms, by id.
  std::vector<double> scores;
  Trie trie;
  /// None where negative: unknown characters are left out then.
  TokenId unknown = -1;
  double unknownScore = 0;
  bool byteFallback = false;
  /// SentencePiece keeps the scores of prefixes in single precision, which settles ties; Hugging
  /// Face does not. "single_precision" is Weft's own field, for files of the former.
  bool singlePrecision = false;
  ByteTokens bytes;
};

} // namespace weft::text
