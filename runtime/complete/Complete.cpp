#include "runtime/complete/Complete.h"

#include "runtime/complete/Continuation.h"
#include "runtime/complete/TextStreams.h"
#include "runtime/generate/BeamSearch.h"

#include <algorithm>
#include <span>

namespace weft::complete {

namespace {

Result<void> start(const CompletionCallbacks &callbacks) {
  return callbacks.onStart ? callbacks.onStart() : Result<void>();
}

Result<Completions> sample(const CompletionModel &model, const CompletionRequest &request,
                           const TokenConstraint *constraint,
                           const CompletionCallbacks &callbacks) {
  const CompletionOptions &options = request.options;
  auto stops = StopStrings::make(options.stops);
  if (!stops)
    return failFrom(stops);
  auto sampler = Sampler::make(options.sampler);
  if (!sampler)
    return failFrom(sampler);
  PromptText prompt(model.tokenizer);
  if (auto read = prompt.set(request.prompt); !read)
    return failFrom(read);
  TextStreams streams(prompt, *stops, options.samples, callbacks);
  std::vector<Completion> texts(options.samples);

  if (auto started = start(callbacks); !started)
    return failFrom(started);
  const GenerateOptions generateOptions = {.newTokens = options.newTokens,
                                           .endIds = request.endIds,
                                           .held = 0,
                                           .samples = options.samples,
                                           .logProbabilities = options.logProbabilities,
                                           .constraint = constraint,
                                           .drafter = model.drafter};
  auto generation = generate(
      model.decoder, *sampler, request.prompt, generateOptions,
      [&](const NewToken &token) {
        if (token.logProbabilities)
          texts[token.sample].logProbabilities.push_back(*token.logProbabilities);
        return streams.take(token);
      },
      [&] { return streams.goesOn(); });
  if (generation)
    streams.finish();
  if (!streams.state())
    return failFrom(streams.state());
  if (!generation)
    return failFrom(generation);
  for (uint64_t i = 0; i < options.samples; ++i) {
    texts[i].text = streams.texts()[i].text();
    texts[i].ids = streams.texts()[i].ids();
    texts[i].stop = generation->samples[i].stop;
  }
  return Completions{std::move(texts), std::move(*generation)};
}

Result<std::string> decode(const PromptText &prompt, std::span<const int32_t> ids) {
  auto none = StopStrings::make({});
  if (!none)
    return failFrom(none);
  Continuation text(prompt, std::move(*none));
  for (int32_t id : ids)
    if (auto piece = text.push(id); !piece)
      return piece;
  text.finish();
  return text.text();
}

Result<Completions> search(const CompletionModel &model, const CompletionRequest &request,
                           const TokenConstraint *constraint,
                           const CompletionCallbacks &callbacks) {
  const CompletionOptions &options = request.options;
  PromptText prompt(model.tokenizer);
  if (auto read = prompt.set(request.prompt); !read)
    return failFrom(read);
  if (auto started = start(callbacks); !started)
    return failFrom(started);
  const BeamOptions beams = {.width = options.beams,
                             .best = options.samples,
                             .newTokens = options.newTokens,
                             .endIds = request.endIds,
                             .held = 0,
                             .constraint = constraint,
                             .lengthPenalty = options.lengthPenalty};
  auto found = beamSearch(model.decoder, request.prompt, beams, callbacks.keepGoing);
  if (!found)
    return failFrom(found);
  Completions completions;
  Generation &took = completions.generation;
  for (const BeamText &text : found->texts) {
    auto decoded = decode(prompt, text.ids);
    if (!decoded)
      return failFrom(decoded);
    completions.texts.push_back({.text = std::move(*decoded),
                                 .ids = text.ids,
                                 .stop = text.stop,
                                 .logProbabilities = {},
                                 .beam = Completion::Beam{text.score, text.logProbability}});
    took.samples.push_back({text.stop, text.ids.size()});
    took.newTokens += text.ids.size();
  }
  took.promptTokens = found->promptTokens;
  took.decodeSteps = found->decodeSteps;
  took.decodedTokens = found->decodeSteps;
  took.promptSeconds = found->promptSeconds;
  took.decodeSeconds = found->decodeSeconds;
  return completions;
}

} // namespace

bool Completions::interrupted() const {
  return std::ranges::any_of(texts,
                             [](const Completion &text) { return text.stop == Stop::Interrupted; });
}

Result<Completions> complete(const CompletionModel &model, const CompletionRequest &request,
                             const CompletionCallbacks &callbacks) {
  if (auto fits = checkPrompt(model.decoder, request.prompt.size()); !fits)
    return failFrom(fits);
  auto constraint = makeConstraint(request.options.constraint, model.tokenizer,
                                   model.decoder.vocabulary(), request.endIds, &request.prompt);
  if (!constraint)
    return failFrom(constraint);
  if (request.options.beams)
    return search(model, request, constraint->get(), callbacks);
  return sample(model, request, constraint->get(), callbacks);
}

} // namespace weft::complete
