// What a caller hears of completions while they are made.
#pragma once

#include "runtime/base/Error.h"
#include "runtime/generate/Decoder.h"

#include <cstdint>
#include <functional>
#include <string_view>

namespace weft::complete {

/// Each may be empty. They are called on the thread that asked for the completion, one at a time.
struct CompletionCallbacks {
  /// The request was found good, and the model is about to read the prompt. Errors end it.
  std::function<Result<void>()> onStart;
  /// Streaming: what completion `sample` has more of, never empty; the pieces joined are its
  /// text. Beam search, which knows its texts at the end, does not call it. Errors end it.
  std::function<Result<void>(uint64_t sample, std::string_view piece)> onText;
  /// There are so many new tokens, of all completions together.
  std::function<void(uint64_t tokens)> onProgress;
  /// Whether to go on, asked before every call of the model; false ends the completions in good
  /// order, as interrupted ones.
  KeepGoing keepGoing;
};

} // namespace weft::complete
