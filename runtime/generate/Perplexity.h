// How well a model predicts a text.
#pragma once

#include "runtime/generate/Decoder.h"

#include <cstdint>
#include <functional>
#include <span>

namespace weft {

struct PerplexityOptions {
  /// Tokens of one window, those of `prefix` included; 0: the whole context.
  uint64_t window = 0;
  /// Tokens from one window to the next; 0: half a window.
  uint64_t stride = 0;
  /// What every window begins with and is not scored: what the tokenizer puts before a
  /// text (a begin-of-sequence token). Must outlive the call.
  std::span<const int32_t> prefix;
};

struct Perplexity {
  /// Tokens scored and windows read so far.
  uint64_t tokens = 0;
  uint64_t windows = 0;
  /// As used, defaults filled in.
  uint64_t window = 0;
  uint64_t stride = 0;
  /// Sum of -ln p(token | tokens before it in its window).
  double negativeLogLikelihood = 0;
  bool interrupted = false;

  /// exp of the mean; NaN before the first token.
  double value() const;
};

/// Slides windows over `text`. Each token is scored once, in the first window that holds
/// it, so a token after the first window has at least window - stride tokens before it.
/// Without a prefix the first token has nothing before it and is not scored. `onProgress`
/// gets the sums after every window. Errors: options out of range, a text with nothing to
/// score, logits that are not numbers, and those of the decoder.
Result<Perplexity> perplexity(Decoder &decoder, std::span<const int32_t> text,
                              const PerplexityOptions &options,
                              const std::function<void(const Perplexity &)> &onProgress = {},
                              const KeepGoing &keepGoing = {});

/// -ln softmax(logits)[id] in f64. NaN where a logit is NaN or plus infinity.
double negativeLogProbability(std::span<const float> logits, int32_t id);

} // namespace weft
