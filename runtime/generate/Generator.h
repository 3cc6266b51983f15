// The decoding loop: a prompt in, tokens out.
#pragma once

#include "runtime/generate/Decoder.h"
#include "runtime/generate/Sampler.h"

#include <cstdint>
#include <functional>
#include <span>

namespace weft {

struct GenerateOptions {
  /// Most new tokens; 0 only reads the prompt.
  uint64_t newTokens = 256;
  /// Any of these ends the text and is not part of it. Must outlive the call.
  std::span<const int32_t> endIds;
  /// Leading tokens of the prompt that sequence 0 holds already and that are not read again;
  /// fewer than the prompt has.
  uint64_t held = 0;
};

/// Why a generation ended.
enum class Stop {
  End,         // the model gave one of the end ids
  Limit,       // options.newTokens were made
  Context,     // no position is left
  Interrupted, // keepGoing said so
};
const char *nameOf(Stop stop);

struct Generation {
  Stop stop = Stop::Limit;
  /// Those that were read: without the ones held.
  uint64_t promptTokens = 0;
  /// Tokens given to the callback.
  uint64_t newTokens = 0;
  /// Calls of the decoder after the prompt: the first new token needs none.
  uint64_t decodeSteps = 0;
  double promptSeconds = 0;
  double decodeSeconds = 0;
};

/// Whether a prompt can be read: it has tokens, at most as many as the context has positions.
Result<void> checkPrompt(const Decoder &decoder, uint64_t promptTokens);

/// Reads `prompt` as positions 0, 1, ... of sequence 0, in pieces of decoder.tokensPerCall(), then
/// gives one new token after the other to `onToken` until it stops. A prompt of n tokens
/// leaves room for context - n + 1 new ones: the last is never read back. Errors: those of
/// checkPrompt, the decoder and the sampler.
Result<Generation> generate(Decoder &decoder, Sampler &sampler, std::span<const int32_t> prompt,
                            const GenerateOptions &options,
                            const std::function<void(int32_t)> &onToken,
                            const KeepGoing &keepGoing = {});

} // namespace weft
