#include "runtime/cli/options/CompletionOptions.h"

#include "runtime/cli/options/Arguments.h"
#include "runtime/cli/options/TokenNames.h"

#include <CLI/CLI.hpp>

namespace weft::cli {

namespace {

constexpr uint64_t mostSequences = 256;

std::string notEmpty(const std::string &text) {
  return text.empty() ? "expected a text to stop at, found an empty one" : "";
}

std::string conflictOfBeams(const AnswerOptions &options) {
  if (const std::string given = options.sampling.given(); !given.empty())
    return "--beams follows the likeliest texts and draws nothing: leave out " + given;
  if (options.samples > options.beams)
    return "--samples with --beams is how many of the best texts are written: at most as many as "
           "beams";
  if (!options.stops.empty())
    return "--beams compares whole texts, which --stop would cut: leave out one of them";
  if (options.logProbabilities)
    return "--logprobs is of drawn tokens; with --beams each text has its own, see --json";
  return "";
}

} // namespace

void addStopOptions(CLI::App &command, AnswerOptions &options) {
  const OptionGroup group(command, "Form of the answer");
  auto add = [&](const char *name, std::vector<std::string> &values, const char *help,
                 const char *type) {
    command.add_option(name, values, help)
        ->type_name(type)
        ->expected(1)
        ->take_all()
        ->check(CLI::Validator(notEmpty, ""));
  };
  add("--stop", options.stops,
      "Ends the text before this one, which may be a special token; more by giving it again",
      "TEXT");
  add("--stop-token", options.stopTokens,
      "Ends the text at this token, by number or by its text; more by giving it again", "ID|TEXT");
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

void addCountOptions(CLI::App &command, AnswerOptions &options) {
  const OptionGroup group(command, "Several answers, and what the model thought of them");
  command
      .add_option("--samples", options.samples,
                  "Continuations to write; number i has the seed S + i - 1")
      ->type_name("N")
      ->check(wholeNumber(1, mostSequences))
      ->capture_default_str();
  auto *beams = command
                    .add_option("--beams", options.beams,
                                "Write the likeliest text by beam search over N texts, the best M "
                                "ones with --samples M")
                    ->type_name("N")
                    ->check(wholeNumber(1, mostSequences));
  command
      .add_option("--length-penalty", options.lengthPenalty,
                  "With --beams: ln p of a text is divided by its length to this power")
      ->type_name("L")
      ->check(realNumber(-10, 10))
      ->capture_default_str()
      ->needs(beams);
  command
      .add_option("--logprobs", options.logProbabilities,
                  "With --json: log-probabilities of each token, and of the N most likely ones")
      ->type_name("N")
      ->check(wholeNumber(0, 1000));
}

std::string conflict(const AnswerOptions &options) {
  if (options.speculation.tokens && !options.speculation.any())
    return "--draft-tokens is of guesses: expected --draft or --lookup beside it";
  if (options.sequences() > 1 && options.speculation.any())
    return "--draft and --lookup guess ahead of one text: leave out --samples and --beams";
  return options.beams ? conflictOfBeams(options) : "";
}

} // namespace weft::cli
