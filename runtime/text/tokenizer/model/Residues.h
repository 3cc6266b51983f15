// Tokens that merges pass through, but that no text ends up with.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/model/MergeTable.h"
#include "runtime/text/tokenizer/model/Vocabulary.h"

#include <vector>

namespace weft::text {

/// After LiteToken (Sun et al. 2026, arXiv:2602.04706): words are merged as ever, through
/// residues to the tokens that are made from them; a residue that is left in the end is split
/// into the two tokens that it was merged from, and so on, and what can be merged then without
/// a residue is merged again. Immutable once read; may be used from any thread.
class Residues {
public:
  struct Step {
    TokenId left, right;
    Merge merge;
  };

  /// Reads the field "residues", a list of tokens that have the last ids of the vocabulary.
  /// Each must be the result of one of `steps`, the merges in order. Errors name the place.
  static Result<Residues> read(const Fields &fields, const Vocabulary &vocabulary,
                               const std::vector<Step> &steps);

  size_t size() const { return parts.size(); }
  /// Replaces the residues among the tokens from index `begin` on.
  void replace(std::vector<TokenId> &tokens, size_t begin) const;

private:
  struct Parts {
    TokenId left = -1, right = -1;
  };
  bool contains(TokenId token) const { return token >= first; }

  /// The lowest id of a residue.
  TokenId first = maximumTokenId + 1;
  /// What each is split into.
  std::vector<Parts> parts;
  /// Those without any residue.
  MergeTable merges;
};

} // namespace weft::text
