// Residues: tokens that occur only as intermediate results of merges.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/model/MergeTable.h"
#include "runtime/text/tokenizer/model/Vocabulary.h"

#include <vector>

namespace weft::text {

/// The residues of a pruned vocabulary, after LiteToken (Sun et al. 2026, arXiv:2602.04706). Words
/// are merged as usual, also through residues. A residue left at the end is split into the two
/// tokens that it was merged from, recursively, and the tokens are merged again without residues.
/// Immutable once read; may be used from any thread.
class Residues {
public:
  struct Step {
    TokenId left, right;
    Merge merge;
  };

  /// Reads the field "residues", a list of the tokens with the last ids of the vocabulary. Each
  /// must be the result of one of `steps`, which has the merges in order. Errors name the place.
  static Result<Residues> read(const Fields &fields, const Vocabulary &vocabulary,
                               const std::vector<Step> &steps);

  size_t size() const { return parts.size(); }
  /// Replaces the residues among the tokens from index `begin` on by other tokens.
  void replace(std::vector<TokenId> &tokens, size_t begin) const;

private:
  struct Parts {
    TokenId left = -1, right = -1;
  };
  bool contains(TokenId token) const { return token >= first; }

  /// The lowest id of a residue.
  TokenId first = maximumTokenId + 1;
  /// The two tokens that each residue is split into.
  std::vector<Parts> parts;
  /// The merges that do not involve residues.
  MergeTable merges;
};

} // namespace weft::text
