// Beam search: the most likely texts, in place of drawn ones.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/generate/Decoder.h"
#include "runtime/generate/Generator.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

struct BeamOptions {
  /// Number of beams, at least 1. Each needs a sequence of the decoder.
  uint64_t width = 4;
  /// Number of texts to return, 1 to `width`.
  uint64_t best = 1;
  /// The next four are as in GenerateOptions, but newTokens must be at least 1.
  uint64_t newTokens = 256;
  std::span<const int32_t> endIds = {};
  uint64_t held = 0;
  const TokenConstraint *constraint = nullptr;
  /// A text of n new tokens (including an end id) has the score ln p / n^lengthPenalty, as in
  /// Hugging Face's beam search: values above 0 prefer longer texts, 0 ranks by probability.
  double lengthPenalty = 1;
};

/// A text that beam search found.
struct BeamText {
  /// The new tokens, without the end id.
  std::vector<int32_t> ids;
  /// ln p of `ids` and of the end id, if there is one, at temperature 1.
  double logProbability = 0;
  double score = 0;
  /// End, Limit, Context or Interrupted.
  Stop stop = Stop::Limit;
};

struct BeamResult {
  /// The best texts, at most options.best, highest score first.
  std::vector<BeamText> texts;
  uint64_t promptTokens = 0;
  /// Decoding steps after the prompt.
  uint64_t decodeSteps = 0;
  double promptSeconds = 0;
  double decodeSeconds = 0;
};

/// Extends the `width` most likely texts token by token. A text that ends while it is among the
/// best `width` of its step is finished; the search ends when `width` texts are finished and no
/// other can get a better score. Afterwards sequence 0 of the decoder has the prompt followed by
/// any of the texts. A constraint removes tokens without renormalizing the probabilities of the
/// others. The result has the same bits on every machine. Errors: those of generate(), and options
/// out of range.
Result<BeamResult> beamSearch(Decoder &decoder, std::span<const int32_t> prompt,
                              const BeamOptions &options, const KeepGoing &keepGoing = {});

} // namespace weft
