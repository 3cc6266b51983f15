#include "runtime/complete/Speculation.h"

#include <algorithm>

namespace weft::complete {

uint64_t SpeculationOptions::rows() const {
  // A look-up costs nothing, a draft model its own steps; each drafted token is a row to compute.
  const uint64_t length = tokens ? tokens : lookup ? 8 : 4;
  return any() ? 1 + length : 1;
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

} // namespace weft::complete
