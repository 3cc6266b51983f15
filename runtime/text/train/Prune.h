// Prunes residues (tokens that are only intermediate results of merges) from a tokenizer.
#pragma once

#include "runtime/text/tokenizer/Tokenizer.h"
#include "runtime/text/train/Corpus.h"
#include "runtime/text/train/PruningReport.h"

#include <string>
#include <vector>

namespace weft::text {

/// Options of pruning.
struct PruningOptions {
  /// A token is a residue if at most this share of its occurrences is final.
  double share = 0.01;
  unsigned threads = 1;
};

/// A token that was removed.
struct RemovedToken {
  TokenId id;
  std::string token;
  /// How often it was a final token of a word.
  uint64_t final;
  /// How often it was merged further.
  uint64_t intermediate;
};

/// Figures about a tokenizer on a corpus.
struct EncodingFigures {
  /// Number of ids.
  size_t vocabulary = 0;
  /// Number of ids that occur.
  size_t used = 0;
  /// Number of tokens of all words of the corpus.
  uint64_t tokens = 0;
  /// Tokens per byte of the files.
  double tokensPerByte = 0;
  /// Share of the words' bytes that are not unknown tokens.
  double coverage = 0;
};

/// The result of pruning.
struct PrunedTokenizer {
  std::string json;
  /// The old id of each new id, ascending.
  std::vector<TokenId> kept;
  std::vector<RemovedToken> removed;
  EncodingFigures before, after;
  uint64_t corpusBytes = 0;
  /// vocabularyHash() of the tokenizer before pruning.
  std::string sourceHash;
};

/// Removes the residues of a tokenizer.json with a BPE model: tokens that are merged from others
/// and into others, and that are rarely final tokens of the corpus's words: F / (F + I) <= share
/// for F final and I intermediate occurrences (the FI ratio of LiteToken, Sun et al. 2026). The
/// other tokens keep their order and get the ids 0, 1, 2, ...; the file keeps the residues after
/// them, since merges need them, and lists them in the model's field "residues". Errors, which call
/// the tokenizer `name`: a model without merges, a file that was pruned before, or those of
/// Tokenizer::fromJson() and readCorpus().
Result<PrunedTokenizer> pruneTokenizer(std::string_view name, std::string_view json,
                                       const std::vector<std::string> &files,
                                       const PruningOptions &options,
                                       const TrainingProgress &progress);

} // namespace weft::text
