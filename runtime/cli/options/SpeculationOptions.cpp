#include "runtime/cli/options/SpeculationOptions.h"

#include "runtime/cli/options/Arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace weft::cli {

uint64_t SpeculationOptions::rows() const {
  // A look-up costs nothing, a draft model its own steps; each guessed token is a row to compute.
  const uint64_t guess = tokens ? tokens : lookup ? 8 : 4;
  return any() ? 1 + guess : 1;
}

void addSpeculationOptions(CLI::App &command, SpeculationOptions &options) {
  const OptionGroup group(command, "Guessing ahead: the same text, sooner");
  auto *draft = command
                    .add_option("--draft", options.draft,
                                "A smaller model of the same vocabulary that guesses")
                    ->type_name("DRAFT.weft");
  auto *lookup = command.add_flag("--lookup", options.lookup,
                                  "Guess what followed the same words before; good where a text "
                                  "repeats itself or the prompt");
  draft->excludes(lookup);
  command
      .add_option("--draft-tokens", options.tokens,
                  "Most tokens guessed at a time (default: 4 with --draft, 8 with --lookup)")
      ->type_name("N")
      ->check(wholeNumber(1, 64));
}

Result<Speculation> openSpeculation(const SpeculationOptions &options, const LoadOptions &target,
                                    const Decoder &decoder) {
  Speculation speculation;
  if (options.lookup)
    speculation.drafter = std::make_unique<PromptLookup>();
  if (options.draft.empty())
    return speculation;
  LoadOptions draft = target;
  draft.path = options.draft;
  draft.plugins.clear(); // they are loaded
  draft.session.sequences = draft.session.rows = 1;
  auto model = openArtifact(draft);
  if (!model)
    return failFrom(model);
  draft.session.context = std::min<uint64_t>(decoder.context(), model->metadata().context());
  if (auto opened = openSession(*model, draft.session); !opened)
    return fail("--draft: " + opened.error().message);
  speculation.model = std::move(*model);
  speculation.decoder = std::make_unique<SessionDecoder>(*speculation.model.session);
  auto drafter = ModelDrafter::make(*speculation.decoder, decoder);
  if (!drafter)
    return fail("--draft " + options.draft + ": " + drafter.error().message);
  speculation.drafter = std::move(*drafter);
  return speculation;
}

} // namespace weft::cli
