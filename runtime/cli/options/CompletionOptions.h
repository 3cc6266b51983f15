// What decides an answer beside the model and the prompt.
#pragma once

#include "runtime/cli/options/ConstraintOptions.h"
#include "runtime/cli/options/SamplingOptions.h"
#include "runtime/cli/options/SpeculationOptions.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

struct AnswerOptions {
  uint64_t newTokens = 256;
  SamplingOptions sampling;
  FormOptions form;
  SpeculationOptions speculation;
  /// Each ends an answer and is no part of it.
  std::vector<std::string> stops;
  /// As given, ID or TEXT: tokens that end an answer and are no part of it.
  std::vector<std::string> stopTokens;
  /// Continuations of the prompt; with beams, how many of the best ones.
  uint64_t samples = 1;
  /// Texts that beam search follows; 0: tokens are drawn instead.
  uint64_t beams = 0;
  double lengthPenalty = 1;
  /// Most likely tokens to tell beside each one taken.
  std::optional<uint64_t> logProbabilities;

  /// Sequences that a session needs.
  uint64_t sequences() const { return beams ? beams : samples; }
  /// Rows of logits that one call of the model needs.
  uint64_t rows() const { return std::max(sequences(), speculation.rows()); }
};

/// --stop and --stop-token.
void addStopOptions(CLI::App &command, AnswerOptions &options);
/// `endIds` and those that `stopTokens` name besides. Errors: those of tokenNamed().
Result<std::vector<int32_t>> withStopTokens(std::vector<int32_t> endIds,
                                            const std::vector<std::string> &stopTokens,
                                            const text::Tokenizer &tokenizer, uint32_t vocabulary);
/// --samples, --beams, --length-penalty and --logprobs.
void addCountOptions(CLI::App &command, AnswerOptions &options);
/// What is wrong with options that are right each by itself; "" where nothing is.
std::string conflict(const AnswerOptions &options);

} // namespace weft::cli
