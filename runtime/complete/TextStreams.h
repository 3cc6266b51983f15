// Streaming: the texts of several samples, told piece by piece.
#pragma once

#include "runtime/complete/CompletionCallbacks.h"
#include "runtime/complete/Continuation.h"
#include "runtime/generate/Generator.h"

#include <vector>

namespace weft::complete {

/// Between the tokens of generate() and the callbacks of a caller. Not thread-safe.
class TextStreams {
public:
  /// One stream for each of `samples`. The callbacks and the prompt's tokenizer must outlive it.
  TextStreams(const PromptText &prompt, const StopStrings &stops, uint64_t samples,
              const CompletionCallbacks &callbacks)
      : callbacks(callbacks), streams(samples, Continuation(prompt, stops)) {}

  /// Takes a token and tells the text that is certain now. Returns whether the sample goes on.
  bool take(const NewToken &token);
  /// Tells what was still kept back; after the last token.
  void finish();

  /// Whether the model is to be called again: nothing failed, and the caller wants more.
  bool goesOn() const {
    return failure.has_value() && (!callbacks.keepGoing || callbacks.keepGoing());
  }
  /// The first error of a callback or of decoding.
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
