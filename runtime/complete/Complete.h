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

/// What completes texts. All of it must outlive the call.
struct CompletionModel {
  const text::Tokenizer &tokenizer;
  /// On a session of at least options.sequences() sequences and options.rows() rows.
  Decoder &decoder;
  /// Of openSpeculation(); may be null.
  Drafter *drafter = nullptr;
};

struct CompletionRequest {
  /// Token ids; at least one.
  std::vector<int32_t> prompt;
  /// Each ends a completion and is no part of it.
  std::vector<int32_t> endIds;
  CompletionOptions options;
};

struct Completion {
  /// What follows the prompt. UTF-8, but where a stop string cuts a character.
  std::string text;
  std::vector<int32_t> ids;
  Stop stop = Stop::Limit;
  /// One for each of `ids`, where they were asked for.
  std::vector<LogProbabilities> logProbabilities;
  /// Of beam search only: ln p of the text, and what it was ranked by.
  struct Beam {
    double score = 0;
    double logProbability = 0;
  };
  std::optional<Beam> beam;
};

struct Completions {
  /// By sample; of beam search the best one first.
  std::vector<Completion> texts;
  /// What it took; of beams as far as they have such numbers.
  Generation generation;

  bool interrupted() const;
};

/// Completes the prompt as the options say. Writes to no stream and keeps nothing. Errors: those
/// of checkPrompt(), the stop strings, the constraint, the decoder, the sampler and the callbacks.
Result<Completions> complete(const CompletionModel &model, const CompletionRequest &request,
                             const CompletionCallbacks &callbacks = {});

} // namespace weft::complete
