#include "runtime/cli/options/SpeculationOptions.h"

#include "runtime/cli/options/Arguments.h"

#include <CLI/CLI.hpp>

namespace weft::cli {

void addSpeculationOptions(CLI::App &command, complete::SpeculationOptions &options) {
  const OptionGroup group(command, "Speculative decoding (the same text, sooner)");
  auto *draft = command
                    .add_option("--draft", options.draft,
                                "Draft model: a smaller model with the same vocabulary")
                    ->type_name("DRAFT.weft");
  auto *lookup = command.add_flag(
      "--lookup", options.lookup,
      "Prompt look-up (n-gram) decoding, without a draft model: draft what followed the same words "
      "before; good for text that repeats itself or the prompt");
  draft->excludes(lookup);
  command
      .add_option("--draft-tokens", options.tokens,
                  "The most tokens of one draft (default: 4 with --draft, 8 with --lookup)")
      ->type_name("N")
      ->check(wholeNumber(1, 64));
}

} // namespace weft::cli
