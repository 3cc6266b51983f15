// Perplexity: how well a model predicts a text.
#pragma once

#include "runtime/generate/Decoder.h"

#include <cstdint>
#include <functional>
#include <span>

namespace weft {

struct PerplexityOptions {
  /// Tokens of one window, including `prefix`; 0: the whole context.
  uint64_t window = 0;
  /// Tokens from one window to the next; 0: half a window.
  uint64_t stride = 0;
  /// Tokens at the beginning of every window that are not scored, as the tokenizer adds them before
  /// a text (a begin token). Must outlive the call.
  std::span<const int32_t> prefix;
};

struct Perplexity {
  /// Tokens scored and windows computed so far.
  uint64_t tokens = 0;
  uint64_t windows = 0;
  /// The options with defaults filled in.
  uint64_t window = 0;
  uint64_t stride = 0;
  /// Sum of -ln p(token | earlier tokens in its window) over the tokens scored.
  double negativeLogLikelihood = 0;
  bool interrupted = false;

  /// Returns the perplexity, exp(negativeLogLikelihood / tokens); NaN if no token is scored yet.
  double value() const;
};

/// Slides windows over `text`. Each token is scored once, in the first window that has it, so a
/// token after the first window has at least window - stride tokens before it. Without a prefix the
/// first token has no context and is not scored. `onProgress` gets the sums after every window.
/// Errors: options out of range, a text without a token to score, logits that are not numbers, and
/// errors of the decoder.
Result<Perplexity> perplexity(Decoder &decoder, std::span<const int32_t> text,
                              const PerplexityOptions &options,
                              const std::function<void(const Perplexity &)> &onProgress = {},
                              const KeepGoing &keepGoing = {});

/// Returns -ln softmax(logits)[id], computed in f64; NaN if a logit is NaN or plus infinity.
double negativeLogProbability(std::span<const float> logits, int32_t id);

} // namespace weft
