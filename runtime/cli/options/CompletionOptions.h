// The options that decide a completion.
#pragma once

#include "runtime/cli/options/ConstraintOptions.h"
#include "runtime/cli/options/SamplingOptions.h"
#include "runtime/complete/CompletionOptions.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <string>
#include <vector>

namespace CLI {
class App;
} // namespace CLI

namespace weft::cli {

/// What was given on the command line, and what it comes to.
struct CompletionArguments {
  /// Numbers and flags go here as they are parsed; resolve...() adds what needs files or a model.
  complete::CompletionOptions completion;
  SamplingArguments sampling;
  ConstraintArguments constraint;
  /// As given, ID or TEXT: tokens that end a completion and are no part of it.
  std::vector<std::string> stopTokens;

  /// Checks the sampler's options and reads the constraint's file into `completion`. Errors:
  /// those of check(SamplerOptions) and readConstraint().
  Result<void> resolveFiles();
  /// Turns the texts of --logit-bias into token ids. Errors: as of resolveBiases().
  Result<void> resolveTokens(const text::Tokenizer &tokenizer, uint32_t vocabulary);
};

/// Adds --stop and --stop-token.
void addStopOptions(CLI::App &command, CompletionArguments &options);
/// Returns `endIds` and those that `stopTokens` name besides. Errors: those of tokenNamed().
Result<std::vector<int32_t>> withStopTokens(std::vector<int32_t> endIds,
                                            const std::vector<std::string> &stopTokens,
                                            const text::Tokenizer &tokenizer, uint32_t vocabulary);
/// Adds --samples, --beams, --length-penalty and --logprobs.
void addCountOptions(CLI::App &command, complete::CompletionOptions &options);
/// What is wrong with options that are right each by itself; "" where nothing is.
std::string conflict(const CompletionArguments &arguments);

} // namespace weft::cli
