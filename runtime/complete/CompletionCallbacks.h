// Callbacks for a caller that follows completions while they are generated.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/generate/Decoder.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace weft::complete {

/// Any of them may be empty. They are called on the thread that called complete(), one at a time.
struct CompletionCallbacks {
  /// Called once the request has been checked, before the model computes the prompt. An error ends
  /// the completion.
  std::function<Result<void>()> onStart;
  /// Streaming: called with each new piece of the text of completion `sample`. Pieces are never
  /// empty; joined, they are its text. Not called by beam search, which knows its texts only at the
  /// end. An error ends the completion.
  std::function<Result<void>(uint64_t sample, std::string_view piece)> onText;
  /// Called with the number of new tokens so far, of all completions together.
  std::function<void(uint64_t tokens)> onProgress;
  /// Cancellation: called before every call of the model; returning false ends the completions as
  /// interrupted ones, without an error.
  KeepGoing keepGoing;
};

} // namespace weft::complete
