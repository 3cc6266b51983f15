#include "runtime/cli/options/CompletionOptions.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/TokenNames.h"

#include <CLI/CLI.hpp>

namespace weft::cli {

namespace {

constexpr uint64_t mostSequences = 256;

std::string refuseEmptyStop(const std::string &text) {
  return text.empty() ? "expected a text to stop at, found an empty one" : "";
}

std::string conflictOfBeams(const CompletionArguments &arguments) {
  const complete::CompletionOptions &options = arguments.completion;
  if (const std::string given = arguments.sampling.given(); !given.empty())
    return "--beams follows the most likely texts and draws nothing: leave out " + given;
  if (options.samples > options.beams)
    return "with --beams, --samples is how many of the best texts are written: at most as many as "
           "beams";
  if (!options.stops.empty())
    return "--beams compares whole texts, which --stop would cut: leave out one of them";
  if (options.logProbabilities)
    return "--logprobs needs drawn tokens; with --beams, --json writes the log-probability of each "
           "text";
  return "";
}

} // namespace

Result<void> CompletionArguments::resolveFiles() {
  if (auto checked = check(completion.sampler); !checked)
    return checked;
  auto read = readConstraint(constraint);
  if (!read)
    return failFrom(read);
  completion.constraint = std::move(*read);
  return {};
}

Result<void> CompletionArguments::resolveTokens(const text::Tokenizer &tokenizer,
                                                uint32_t vocabulary) {
  auto biases = resolveBiases(sampling.biases, tokenizer, vocabulary);
  if (!biases)
    return failFrom(biases);
  completion.sampler.logitBias = std::move(*biases);
  return {};
}

void addStopOptions(CLI::App &command, CompletionArguments &options) {
  const OptionGroup group(command, "Structured output and stop strings");
  auto add = [&](const char *name, std::vector<std::string> &values, const char *help,
                 const char *type) {
    command.add_option(name, values, help)
        ->type_name(type)
        ->expected(1)
        ->take_all()
        ->check(CLI::Validator(refuseEmptyStop, ""));
  };
  add("--stop", options.completion.stops,
      "Stop string: the text ends before it. It may be a special token. May be repeated", "TEXT");
  add("--stop-token", options.stopTokens,
      "Stop token: the text ends before it. Named by id or by its text. May be repeated",
      "ID|TEXT");
}

Result<std::vector<int32_t>> withStopTokens(std::vector<int32_t> endIds,
                                            const std::vector<std::string> &stopTokens,
                                            const text::Tokenizer &tokenizer, uint32_t vocabulary) {
  for (const std::string &given : stopTokens) {
    const bool isId = wholeNumber(0, mostTokens)(given).empty();
    auto id = tokenNamed("--stop-token", given, isId, tokenizer, vocabulary);
    if (!id)
      return failFrom(id);
    endIds.push_back(*id);
  }
  return endIds;
}

void addCountOptions(CLI::App &command, complete::CompletionOptions &options) {
  const OptionGroup group(command, "Several completions, log-probabilities");
  command
      .add_option("--samples", options.samples,
                  "Number of completions of the prompt; number i (from 1) has the seed S + i - 1")
      ->type_name("N")
      ->check(wholeNumber(1, mostSequences))
      ->capture_default_str();
  auto *beams = command
                    .add_option("--beams", options.beams,
                                "Beam search with N beams: write the most likely text, or the best "
                                "M with --samples M")
                    ->type_name("N")
                    ->check(wholeNumber(1, mostSequences));
  command
      .add_option("--length-penalty", options.lengthPenalty,
                  "With --beams: the score of a text is ln p divided by its length to this power")
      ->type_name("L")
      ->check(realNumber(-10, 10))
      ->capture_default_str()
      ->needs(beams);
  command
      .add_option("--logprobs", options.logProbabilities,
                  "With --json: write the log-probability of each token and of the N most likely "
                  "tokens there")
      ->type_name("N")
      ->check(wholeNumber(0, 1000));
}

std::string conflict(const CompletionArguments &arguments) {
  const complete::CompletionOptions &options = arguments.completion;
  if (options.speculation.tokens && !options.speculation.any())
    return "--draft-tokens is an option of speculative decoding: add --draft or --lookup";
  if (options.sequences() > 1 && options.speculation.any())
    return "--draft and --lookup are for a single completion: leave out --samples and --beams";
  return options.beams ? conflictOfBeams(arguments) : "";
}

} // namespace weft::cli
