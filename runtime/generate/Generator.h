// The decoding loop: from a prompt to new tokens.
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
  /// The most new tokens of each sample; 0 only reads the prompt.
  uint64_t newTokens = 256;
  /// Ids that end the text and are not part of it (EOS). Must outlive the call.
  std::span<const int32_t> endIds = {};
  /// Length of the cached prefix: leading tokens of the prompt that are in sequence 0's KV cache
  /// already and are not computed again; less than the prompt's length.
  uint64_t held = 0;
  /// Number of samples, at least 1. Each needs a sequence of the decoder; the prompt is computed
  /// once.
  uint64_t samples = 1;
  /// How many of the most likely tokens to return with log-probabilities beside each token's own
  /// (0: only its own); empty: no log-probabilities.
  std::optional<uint64_t> logProbabilities = {};
  /// What each sample must match; each sample uses a fork() of it. Must outlive the call.
  const TokenConstraint *constraint = nullptr;
  /// Drafts tokens for speculative decoding; only with one sample. The text is the same, to the
  /// bit, with and without it. A draft has at most rowsPerCall() - 1 tokens.
  Drafter *drafter = nullptr;
};

/// Why a sample ended.
enum class Stop {
  End,         // the model chose an end id
  StopString,  // the callback returned false: the text reached a stop string
  Limit,       // options.newTokens tokens were generated
  Context,     // no position is left
  Interrupted, // keepGoing returned false
};
/// Returns a name for reports: "end", "stop-string", "limit", "context", "interrupted".
const char *nameOf(Stop stop);

/// What generate() did.
struct Generation {
  struct Sample {
    Stop stop = Stop::Limit;
    /// Tokens given to the callback for this sample.
    uint64_t newTokens = 0;
  };
  std::vector<Sample> samples;
  /// Tokens of the prompt that were computed, without the cached prefix.
  uint64_t promptTokens = 0;
  /// Tokens given to the callback for all samples together.
  uint64_t newTokens = 0;
  /// Decoding steps after the prompt (each for all samples, usually one call of the decoder), and
  /// the tokens that they produced, including end ids. The first token of each sample needs no
  /// step.
  uint64_t decodeSteps = 0;
  uint64_t decodedTokens = 0;
  /// Tokens that the drafter proposed, and how many of them were accepted.
  uint64_t draftedTokens = 0;
  uint64_t acceptedTokens = 0;
  /// How many tokens of prompt and text are in sequence 0's KV cache at the end.
  uint64_t held = 0;
  double promptSeconds = 0;
  double decodeSeconds = 0;

  /// Returns why sample 0 ended.
  Stop stop() const { return samples.front().stop; }
};

/// A new token of a sample.
struct NewToken {
  uint64_t sample = 0;
  int32_t id = 0;
  /// Null unless options.logProbabilities is set; valid during the callback.
  const LogProbabilities *logProbabilities = nullptr;
};

/// Gets the tokens of each sample in order; tokens of several samples are interleaved. Returning
/// false ends that sample with this token.
using OnToken = std::function<bool(const NewToken &)>;

/// Checks that a prompt has at least one token and fits into the context.
Result<void> checkPrompt(const Decoder &decoder, uint64_t promptTokens);

/// Computes `prompt` as positions 0, 1, ... of sequence 0, in batches of decoder.tokensPerCall()
/// tokens, then gives new tokens to `onToken` until every sample has stopped. Sample i uses
/// sequence i and draws with sampler.ofSample(i). `sampler` itself draws sample 0; its penalties
/// start with the prompt, and afterwards it stands after the last token. A prompt of n tokens
/// leaves room for context - n + 1 new ones, as the last is never fed back. Errors: those of
/// checkPrompt(), the decoder, the sampler and the constraint; more samples than the decoder has
/// sequences, or several where it cannot fork; a drafter with several samples, or with a decoder
/// that has only one logit row a call.
Result<Generation> generate(Decoder &decoder, Sampler &sampler, std::span<const int32_t> prompt,
                            const GenerateOptions &options, const OnToken &onToken,
                            const KeepGoing &keepGoing = {});

} // namespace weft
