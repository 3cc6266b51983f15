// The likeliest texts instead of drawn ones.
#pragma once

#include "runtime/generate/Constraint.h"
#include "runtime/generate/Decoder.h"
#include "runtime/generate/Generator.h"

#include <cstdint>
#include <span>
#include <vector>

namespace weft {

struct BeamOptions {
  /// Texts that are followed at once, at least 1; each has a sequence of the decoder.
  uint64_t width = 4;
  /// Finished texts to return, 1 to `width`.
  uint64_t best = 1;
  /// As of GenerateOptions; newTokens at least 1.
  uint64_t newTokens = 256;
  std::span<const int32_t> endIds = {};
  uint64_t held = 0;
  const TokenConstraint *constraint = nullptr;
  /// A text of n new tokens (an end id counts) has the score ln p / n^lengthPenalty, as Hugging
  /// Face's beam search has it: above 0 prefers longer texts, 0 is the probability itself.
  double lengthPenalty = 1;
};

struct BeamText {
  /// Without the end id.
  std::vector<int32_t> ids;
  /// ln p of the ids, and of the end id where there is one, at temperature 1.
  double logProbability = 0;
  double score = 0;
  /// End, Limit, Context or Interrupted.
  Stop stop = Stop::Limit;
};

struct BeamResult {
  /// By falling score, at most options.best.
  std::vector<BeamText> texts;
  uint64_t promptTokens = 0;
  /// Steps after the prompt.
  uint64_t decodeSteps = 0;
  double promptSeconds = 0;
  double decodeSeconds = 0;
};

/// Follows the `width` likeliest texts token by token. A text that ends while it is among the
/// best `width` of its step is finished; the search ends when `width` are finished and no other
/// can have a better score. Sequence 0 holds the prompt, and behind it any of them. A constraint
/// leaves out tokens and does not change the probability of others. Same bits on every machine.
/// Errors: as of generate(), options out of range.
Result<BeamResult> beamSearch(Decoder &decoder, std::span<const int32_t> prompt,
                              const BeamOptions &options, const KeepGoing &keepGoing = {});

} // namespace weft
