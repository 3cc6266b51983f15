// The options of a completion, shared by weft run and weft chat.
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

/// The arguments as given, and the options that they become.
struct CompletionArguments {
  /// Numbers and flags are parsed into this directly; the resolve functions below add what needs
  /// files or a model.
  complete::CompletionOptions completion;
  SamplingArguments sampling;
  ConstraintArguments constraint;
  /// --stop-token as given (an id or a text): tokens that end a completion and are not part of it.
  std::vector<std::string> stopTokens;

  /// Checks the sampler's options and reads the constraint's file into `completion`. Errors:
  /// those of check(SamplerOptions) and readConstraint().
  Result<void> resolveFiles();
  /// Turns the texts of --logit-bias into token ids. Errors are those of resolveBiases().
  Result<void> resolveTokens(const text::Tokenizer &tokenizer, uint32_t vocabulary);
};

/// Adds --stop and --stop-token.
void addStopOptions(CLI::App &command, CompletionArguments &options);
/// Returns `endIds` followed by the ids of `stopTokens`. Errors are those of tokenNamed().
Result<std::vector<int32_t>> withStopTokens(std::vector<int32_t> endIds,
                                            const std::vector<std::string> &stopTokens,
                                            const text::Tokenizer &tokenizer, uint32_t vocabulary);
/// Adds --samples, --beams, --length-penalty and --logprobs.
void addCountOptions(CLI::App &command, complete::CompletionOptions &options);
/// Returns what is wrong with the combination of options, or "".
std::string conflict(const CompletionArguments &arguments);

} // namespace weft::cli
