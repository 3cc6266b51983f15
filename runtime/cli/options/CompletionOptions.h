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

  /// Checks the sampler's options and reads the constraint's file into `completion`. Errors:
  /// those of check(SamplerOptions) and readConstraint().
  Result<void> resolveFiles();
  /// Turns the texts of --logit-bias into token ids. Errors: as of resolveBiases().
  Result<void> resolveTokens(const text::Tokenizer &tokenizer, uint32_t vocabulary);
};

/// Adds --stop.
void addStopOption(CLI::App &command, std::vector<std::string> &stops);
/// Adds --samples, --beams, --length-penalty and --logprobs.
void addCountOptions(CLI::App &command, complete::CompletionOptions &options);
/// What is wrong with options that are right each by itself; "" where nothing is.
std::string conflict(const CompletionArguments &arguments);

} // namespace weft::cli
