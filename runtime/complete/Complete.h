// From a prompt to its completions.
#pragma once

#include "runtime/complete/CompletionCallbacks.h"
#include "runtime/complete/CompletionOptions.h"
#include "runtime/generate/Generator.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <optional>
#include <string>
#include <vector>

namespace weft::complete {

/// The model that completes texts. Every member must outlive the call.
struct CompletionModel {
  const text::Tokenizer &tokenizer;
  /// Needs at least options.sequences() sequences and options.rows() logit rows a call.
  Decoder &decoder;
  /// For speculative decoding, from openSpeculation(); may be null.
  Drafter *drafter = nullptr;
};

/// A prompt and how to complete it.
struct CompletionRequest {
  /// Token ids of the prompt; at least one.
  std::vector<int32_t> prompt;
  /// Ids that end a completion and are not part of it.
  std::vector<int32_t> endIds;
  CompletionOptions options;
};

/// One completion of the prompt.
struct Completion {
  /// The text after the prompt. It is valid UTF-8 unless a stop string cuts a character.
  std::string text;
  std::vector<int32_t> ids;
  Stop stop = Stop::Limit;
  /// One for each of `ids` if the options ask for them, else empty.
  std::vector<LogProbabilities> logProbabilities;
  /// The log-probability of a text of beam search, and the score by which it was ranked.
  struct Beam {
    double score = 0;
    double logProbability = 0;
  };
  /// Set only by beam search.
  std::optional<Beam> beam;
};

/// The completions of one request.
struct Completions {
  /// Indexed by sample; for beam search, best first.
  std::vector<Completion> texts;
  /// Tokens, steps and seconds; beam search fills only some of them.
  Generation generation;

  /// Says whether keepGoing ended any of the completions.
  bool interrupted() const;
};

/// Completes the prompt. Writes to no stream and stores nothing. Errors: those of checkPrompt(),
/// the stop strings, the constraint, the decoder, the sampler and the callbacks.
Result<Completions> complete(const CompletionModel &model, const CompletionRequest &request,
                             const CompletionCallbacks &callbacks = {});

} // namespace weft::complete
