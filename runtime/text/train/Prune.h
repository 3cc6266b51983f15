// Takes the residues of merges out of a tokenizer.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/train/Corpus.h"
#include "runtime/text/train/PruningReport.h"

#include <string>
#include <vector>

namespace weft::text {

struct PruningOptions {
  /// A token is a residue where at most this share of its occurrences is final.
  double share = 0.01;
  unsigned threads = 1;
};

struct RemovedToken {
  TokenId id;
  std::string token;
  /// Times that a word ended with it.
  uint64_t final;
  /// Times that it was merged on.
  uint64_t intermediate;
};

/// What a tokenizer makes of a corpus.
struct EncodingFigures {
  /// Ids.
  size_t vocabulary = 0;
  /// Of them, those that occur.
  size_t used = 0;
  /// That the words of the corpus become.
  uint64_t tokens = 0;
  /// Of the files.
  double tokensPerByte = 0;
  /// Share of the words' bytes that tokens spell.
  double coverage = 0;
};

struct PrunedTokenizer {
  std::string json;
  /// The old id of each new one; the last old ids may be missing.
  std::vector<TokenId> kept;
  std::vector<RemovedToken> removed;
  EncodingFigures before, after;
  uint64_t corpusBytes = 0;
  /// VocabularyHash() of the tokenizer before.
  std::string sourceHash;
};

/// Removes the residues of a tokenizer.json with a BPE model: tokens that are merged from
/// others and on into others, and that the words of the corpus hardly ever end with: of
/// F final and I intermediate occurrences, F / (F + I) <= share (the FI ratio of LiteToken,
/// Sun et al. 2026). The other tokens keep their order and get the ids 0, 1, 2, ...; the file
/// keeps the residues behind them, since merges pass through them, and lists them in the
/// model's field "residues". `name` is what errors call the tokenizer. Errors: a model without
/// merges, a file that was pruned before, or anything that Tokenizer::fromJson() and
/// readCorpus() refuse.
Result<PrunedTokenizer> pruneTokenizer(std::string_view name, std::string_view json,
                                       const std::vector<std::string> &files,
                                       const PruningOptions &options,
                                       const TrainingProgress &progress);

} // namespace weft::text
