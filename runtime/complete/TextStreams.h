// Streaming of several samples' texts.
#pragma once

#include "runtime/complete/CompletionCallbacks.h"
#include "runtime/complete/Continuation.h"
#include "runtime/generate/Generator.h"

#include <vector>

namespace weft::complete {

/// Turns the tokens of generate() into calls of CompletionCallbacks. Not thread-safe.
class TextStreams {
public:
  /// One stream for each of `samples`. The callbacks and the prompt's tokenizer must outlive it.
  TextStreams(const PromptText &prompt, const StopStrings &stops, uint64_t samples,
              const CompletionCallbacks &callbacks)
      : callbacks(callbacks), streams(samples, Continuation(prompt, stops)) {}

  /// Adds a token and passes on the text that is certain now. Returns whether the sample goes on.
  bool take(const NewToken &token);
  /// Passes on the text still withheld. Call it after the last token.
  void finish();

  /// Says whether to call the model again: nothing failed, and the caller did not cancel.
  bool goesOn() const {
    return failure.has_value() && (!callbacks.keepGoing || callbacks.keepGoing());
  }
  /// Returns the first error of a callback or of decoding, if any.
  const Result<void> &state() const { return failure; }
  /// One for each sample.
  const std::vector<Continuation> &texts() const { return streams; }

private:
  void tell(uint64_t sample, const Result<std::string> &piece);

  const CompletionCallbacks &callbacks;
  std::vector<Continuation> streams;
  uint64_t tokens = 0;
  Result<void> failure;
};

} // namespace weft::complete
