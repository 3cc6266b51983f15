// The decoding loop: a prompt in, tokens out.
#pragma once

#include "runtime/generate/Decoder.h"
#include "runtime/generate/sampling/LogProbabilities.h"
#include "runtime/generate/sampling/Sampler.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace weft {

class Drafter;

struct GenerateOptions {
  /// Most new tokens of each sample; 0 only reads the prompt.
  uint64_t newTokens = 256;
  /// Any of these ends the text and is not part of it. Must outlive the call.
  std::span<const int32_t> endIds = {};
  /// Leading tokens of the prompt that sequence 0 holds already and that are not read again;
  /// fewer than the prompt has.
  uint64_t held = 0;
  /// Continuations of the prompt, at least 1; each has a sequence of the decoder. The prompt is
  /// read once.
  uint64_t samples = 1;
  /// Log-probabilities of each token and of so many most likely ones; empty: none at all.
  std::optional<uint64_t> logProbabilities = {};
  /// What each sample is held to, by a fork() of its own. Must outlive the call.
  const TokenConstraint *constraint = nullptr;
  /// Guesses ahead, for one sample only. The text is the same, to the bit, with and without it.
  /// A guess has at most rowsPerCall() - 1 tokens of the decoder.
  Drafter *drafter = nullptr;
};

/// Why a sample ended.
enum class Stop {
  End,         // the model gave one of the end ids
  StopString,  // the callback said so: the text has what it is to stop at
  Limit,       // options.newTokens were made
  Context,     // no position is left
  Interrupted, // keepGoing said so
};
const char *nameOf(Stop stop);

struct Generation {
  struct Sample {
    Stop stop = Stop::Limit;
    /// Tokens given to the callback.
    uint64_t newTokens = 0;
  };
  std::vector<Sample> samples;
  /// Those of the prompt that were read: without the ones held.
  uint64_t promptTokens = 0;
  /// Given to the callback, of all samples.
  uint64_t newTokens = 0;
  /// Steps of the loop after the prompt, each for all samples and mostly one call of the decoder,
  /// and the tokens that they gave, end ids too: the first one of each sample needs no step.
  uint64_t decodeSteps = 0;
  uint64_t decodedTokens = 0;
  /// Tokens guessed by the drafter, and those of them that were right.
  uint64_t draftedTokens = 0;
  uint64_t acceptedTokens = 0;
  /// Tokens of prompt and text that sequence 0 holds.
  uint64_t held = 0;
  double promptSeconds = 0;
  double decodeSeconds = 0;

  /// Of sample 0.
  Stop stop() const { return samples.front().stop; }
};

struct NewToken {
  uint64_t sample = 0;
  int32_t id = 0;
  /// Null unless asked for; valid during the callback.
  const LogProbabilities *logProbabilities = nullptr;
};

/// Gets the tokens of each sample in order, those of several samples in turn; false ends that
/// sample with this token.
using OnToken = std::function<bool(const NewToken &)>;

/// Whether a prompt can be read: it has tokens, at most as many as the context has positions.
Result<void> checkPrompt(const Decoder &decoder, uint64_t promptTokens);

/// Reads `prompt` as positions 0, 1, ... of sequence 0, in pieces of decoder.tokensPerCall(), and
/// gives one new token after the other to `onToken` until every sample has stopped. Sample i is
/// sequence i and draws with sampler.ofSample(i); `sampler` itself is that of sample 0, begins
/// with the prompt, and stands behind its last token in the end. A prompt of n tokens leaves
/// room for context - n + 1 new ones: the last is never read back. Errors: those of checkPrompt,
/// the decoder, the sampler and the constraint; more samples than the decoder has sequences or
/// where it cannot fork; a drafter with several samples, or where it has room for one row only.
Result<Generation> generate(Decoder &decoder, Sampler &sampler, std::span<const int32_t> prompt,
                            const GenerateOptions &options, const OnToken &onToken,
                            const KeepGoing &keepGoing = {});

} // namespace weft
