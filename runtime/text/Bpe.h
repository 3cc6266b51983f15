// Byte-pair encoding (Sennrich et al., 2016, https://aclanthology.org/P16-1162).
#pragma once

#include "runtime/text/MergeTable.h"
#include "runtime/text/Model.h"

#include <array>

namespace weft::text {

/// Starts a word as its characters and joins, again and again, the neighbours whose merge
/// was learnt first; of equal ones the leftmost.
class Bpe : public Model {
public:
  static Result<std::unique_ptr<Model>> make(const Fields &fields, unsigned depth);

  void tokenize(std::string_view word, std::vector<TokenId> &tokens) const override;
  const Vocabulary &vocabulary() const override { return vocab; }
  bool coversBytes() const override { return coversAllBytes; }

private:
  Result<bool> readOptions(const Fields &fields);
  Result<bool> readMerges(const Fields &fields);
  void noteBorder(std::string_view left, std::string_view right);
  void prepareCharacters();
  TokenId characterToken(char32_t code, std::string_view bytes) const;
  void appendCharacters(std::string_view word, std::vector<TokenId> &tokens) const;
  bool appendBytes(std::string_view bytes, std::vector<TokenId> &tokens) const;

  Vocabulary vocab;
  MergeTable merges;
  TokenId unknown = -1;
  bool fuseUnknown = false;
  bool ignoreMerges = false;
  bool byteFallback = false;
  bool coversAllBytes = false;
  std::array<TokenId, 256> byteTokens;      ///< the tokens <0x00> to <0xFF>
  std::array<TokenId, 0x180> lowCharacters; ///< tokens of ASCII, Latin and the byte alphabet
};

} // namespace weft::text
