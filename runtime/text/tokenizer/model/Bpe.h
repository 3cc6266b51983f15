// Byte-pair encoding (Sennrich et al., 2016, https://aclanthology.org/P16-1162).
#pragma once

#include "runtime/text/tokenizer/model/ByteTokens.h"
#include "runtime/text/tokenizer/model/MergeTable.h"
#include "runtime/text/tokenizer/model/Residues.h"
#include "runtime/text/tokenizer/model/SubwordModel.h"
#include "runtime/text/tokenizer/model/WordCache.h"

#include <array>

namespace weft::text {

/// Splits a word into characters, then repeatedly joins the neighbours whose merge was learnt
/// first; of equal ones the leftmost.
///
/// A file that Weft converted may have "token_ranks" in place of Hugging Face's "merges": any two
/// tokens whose concatenation is a token merge, the lowest rank of the result first. It is a list
/// indexed by id, with -1 for tokens that take no part, or "ids" if the ranks are the ids. tiktoken
/// and SentencePiece work this way, and no list of merges can express it, as ranks may be equal.
///
/// A pruned file may also have "residues": tokens that only occur as intermediate results of merges
/// (see Residues.h).
class Bpe : public SubwordModel {
public:
  static Result<std::unique_ptr<SubwordModel>> make(const Fields &fields, unsigned depth);

  void tokenize(std::string_view word, std::vector<TokenId> &tokens) const override;
  const Vocabulary &vocabulary() const override { return vocab; }
  size_t size() const override { return vocab.size() - residues.size(); }
  bool coversBytes() const override { return coversAllBytes; }

private:
  std::string_view spelling(TokenId token, bool first, bool last) const override;
  Result<void> readOptions(const Fields &fields);
  Result<void> readMerges(const Fields &fields);
  Result<void> readResidues(const Fields &fields);
  Result<void> readTokenRanks(const Fields &fields);
  bool hasAffixes() const { return !continuingPrefix.empty() || !endSuffix.empty(); }
  void noteBorder(std::string_view left, std::string_view right);
  void prepareCharacters();
  TokenId characterToken(char32_t code, std::string_view bytes) const;
  void appendCharacters(std::string_view word, std::vector<TokenId> &tokens) const;

  const uint32_t owner = WordCache::newOwner();
  Vocabulary vocab;
  MergeTable merges;
  Residues residues;
  TokenId unknown = -1;
  /// Prefix of every character except the first of a word.
  std::string continuingPrefix;
  /// Suffix of the last character of a word.
  std::string endSuffix;
  bool fuseUnknown = false;
  bool ignoreMerges = false;
  bool byteFallback = false;
  bool coversAllBytes = false;
  /// Empty without byteFallback.
  ByteTokens byteTokens;
  /// Tokens of single characters below 0x180: ASCII, Latin and the byte alphabet.
  std::array<TokenId, 0x180> lowCharacters;
};

} // namespace weft::text
