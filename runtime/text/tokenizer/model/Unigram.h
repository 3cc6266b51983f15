// The unigram language model (Kudo, 2018, https://arxiv.org/abs/1804.10959).
#pragma once

#include "runtime/text/tokenizer/model/ByteTokens.h"
#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/tokenizer/model/Trie.h"

namespace weft::text {

/// Splits a word into the tokens with the largest product of probabilities, by Viterbi's algorithm.
/// Time is linear in the word times the longest token.
class Unigram : public SubwordModel {
public:
  static Result<std::unique_ptr<SubwordModel>> make(const Fields &fields, unsigned depth);

  void tokenize(std::string_view word, std::vector<TokenId> &tokens) const override;
  const Vocabulary &vocabulary() const override { return vocab; }
  bool coversBytes() const override { return byteFallback && bytes.coverAll(); }

private:
  /// The best segmentation of a prefix of the word.
  struct Step {
    double score = 0;
    /// Where its last token begins.
    uint32_t begin = none;
    TokenId token = -1;
  };
  static constexpr uint32_t none = ~uint32_t(0);
  void appendUnknown(std::string_view text, std::vector<TokenId> &tokens) const;

  Vocabulary vocab;
  /// Log-probabilities, indexed by id.
  std::vector<double> scores;
  Trie trie;
  /// -1 if there is none; unknown characters are dropped then.
  TokenId unknown = -1;
  double unknownScore = 0;
  bool byteFallback = false;
  /// Whether sums of scores are rounded to f32, as in SentencePiece but not in Hugging Face, which
  /// decides ties. Set by Weft's own field "single_precision" in files converted from
  /// SentencePiece.
  bool singlePrecision = false;
  ByteTokens bytes;
};

} // namespace weft::text
