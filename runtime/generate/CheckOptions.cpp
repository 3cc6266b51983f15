#include "runtime/generate/CheckOptions.h"

#include <cmath>
#include <string>

namespace weft {

Result<void> checkPrompt(const Decoder &decoder, uint64_t promptTokens) {
  if (promptTokens == 0)
    return fail("expected a prompt of at least one token, found an empty one");
  if (promptTokens > decoder.context())
    return fail("the prompt has " + std::to_string(promptTokens) + " tokens and the context only " +
                std::to_string(decoder.context()) +
                " positions; shorten it or ask for a longer context");
  return {};
}

static Result<void> checkCachedPrefix(uint64_t promptTokens, uint64_t held) {
  if (held < promptTokens)
    return {};
  return fail("expected a cached prefix shorter than the " + std::to_string(promptTokens) +
              " tokens of the prompt, found " + std::to_string(held));
}

Result<void> check(const Decoder &decoder, uint64_t promptTokens, const GenerateOptions &options) {
  if (auto fits = checkPrompt(decoder, promptTokens); !fits)
    return fits;
  if (auto held = checkCachedPrefix(promptTokens, options.held); !held)
    return held;
  if (options.samples == 0 || options.samples > decoder.sequences())
    return fail("expected 1 to " + std::to_string(decoder.sequences()) +
                " samples, as many as the model keeps sequences, found " +
                std::to_string(options.samples));
  if (options.samples > 1 && !decoder.canFork())
    return fail("several samples go on from one prompt, and this model's sequences cannot be "
                "copied; compile it again, or ask for one sample");
  if (!options.drafter)
    return {};
  if (options.samples > 1)
    return fail("expected one sample where tokens are guessed ahead, found " +
                std::to_string(options.samples));
  if (decoder.rowsPerCall() < 2 || decoder.tokensPerCall() < 2)
    return fail("to guess ahead, the model needs room for two tokens and rows of logits a call, "
                "found " +
                std::to_string(decoder.tokensPerCall()) + " and " +
                std::to_string(decoder.rowsPerCall()));
  return {};
}

Result<void> check(const Decoder &decoder, uint64_t promptTokens, const BeamOptions &options) {
  auto text = [](uint64_t number) { return std::to_string(number); };
  if (auto fits = checkPrompt(decoder, promptTokens); !fits)
    return fits;
  if (auto held = checkCachedPrefix(promptTokens, options.held); !held)
    return held;
  if (options.width == 0 || options.width > decoder.sequences())
    return fail("expected 1 to " + text(decoder.sequences()) +
                " beams, as many as the model keeps sequences, found " + text(options.width));
  if (options.width > 1 && !decoder.canFork())
    return fail("beams go on from one prompt, and this model's sequences cannot be copied; compile "
                "it again");
  if (options.best == 0 || options.best > options.width)
    return fail("expected 1 to " + text(options.width) + " texts of as many beams, found " +
                text(options.best));
  if (options.newTokens == 0)
    return fail("expected at least one new token of a beam search, found 0");
  if (!std::isfinite(options.lengthPenalty))
    return fail("expected a length penalty that is a number, found " +
                std::to_string(options.lengthPenalty));
  return {};
}

} // namespace weft
