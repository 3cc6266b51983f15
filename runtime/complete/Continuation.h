// Streaming decoding: the text of new tokens, token by token.
#pragma once

#include "runtime/generate/StopStrings.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace weft::complete {

/// The decoder state after a prompt, which determines the text of the tokens after it. Computed
/// once for any number of continuations. The tokenizer must outlive it. Not thread-safe.
class PromptText {
public:
  explicit PromptText(const text::Tokenizer &tokenizer)
      : tokenizer(tokenizer), decoder(tokenizer) {}

  /// Sets the prompt to `ids`. If they begin with the previous prompt, as in a conversation that
  /// goes on, only the new ids are decoded. Errors: an id outside the vocabulary; the prompt is
  /// empty then.
  Result<void> set(std::span<const int32_t> ids);

private:
  friend class Continuation;

  const text::Tokenizer &tokenizer;
  /// The state after `ids`.
  text::StreamDecoder decoder;
  std::vector<int32_t> ids;
  /// The end of the prompt's text that the decoder withholds until later tokens complete it.
  std::string withheld;
};

/// The text of the tokens after a prompt, up to a stop string. Not thread-safe.
class Continuation {
public:
  /// Starts after `prompt`. The tokenizer of `prompt` must outlive it; `prompt` itself need not.
  Continuation(const PromptText &prompt, StopStrings stops);
  /// Makes an independent copy.
  Continuation(const Continuation &other);
  Continuation(Continuation &&) noexcept = default;

  /// Adds a token. Returns the text that is certain now and was not returned before. It may be
  /// empty, and always is once a stop string was found. Errors: an id outside the vocabulary.
  Result<std::string> push(int32_t id);
  /// Returns the text that was still withheld. Call it once, after the last push().
  std::string finish();
  /// Says whether the text reached a stop string, or a special token that is a stop string (which
  /// adds no text).
  bool stopped() const { return atSpecial || stops.found() != nullptr; }

  /// Return all ids that push() got, and all text that push() and finish() returned.
  const std::vector<int32_t> &ids() const { return pushed; }
  const std::string &text() const { return whole; }

private:
  std::string add(std::string piece);
  std::string say(std::string piece);

  const text::Tokenizer *tokenizer;
  text::StreamDecoder decoder;
  StopStrings stops;
  bool atSpecial = false;
  /// The withheld end of the prompt's text that has not appeared in the output yet.
  std::string withheld;
  std::vector<int32_t> pushed;
  std::string whole;
};

} // namespace weft::complete
