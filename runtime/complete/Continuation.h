// New tokens as text, as they come.
#pragma once

#include "runtime/generate/StopStrings.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace weft::complete {

/// What of a prompt decides how the tokens after it are written: a token's text depends on what
/// stands before it. Made once, for any number of continuations. The tokenizer must outlive it.
/// Not thread-safe.
class PromptText {
public:
  explicit PromptText(const text::Tokenizer &tokenizer)
      : tokenizer(tokenizer), decoder(tokenizer) {}

  /// Makes it that of the prompt `ids`. Where they begin with the ids of the prompt before, as a
  /// conversation that goes on does, only those behind are decoded. Errors: an id that is not in
  /// the vocabulary; the prompt is empty then.
  Result<void> set(std::span<const int32_t> ids);

private:
  friend class Continuation;

  const text::Tokenizer &tokenizer;
  /// Has seen all of `ids`.
  text::StreamDecoder decoder;
  std::vector<int32_t> ids;
  /// The end of the prompt's text that the decoder still keeps back: bytes wait for the tokens
  /// after them.
  std::string held;
};

/// What follows a prompt as text, up to a stop string.
class Continuation {
public:
  /// The tokenizer of `prompt` must outlive it, `prompt` itself need not.
  Continuation(const PromptText &prompt, StopStrings stops);
  /// A second one that goes on from where `other` is.
  Continuation(const Continuation &other);
  Continuation(Continuation &&) noexcept = default;

  /// Adds a token. Returns the text that is certain now and was not before; it may be empty, and
  /// stays so once a stop string was found. Errors: an id that is not in the vocabulary.
  Result<std::string> push(int32_t id);
  /// Returns what was still kept back. Called once, after the last push().
  std::string finish();
  /// Whether the text has a stop string and so ends, or came to a stop string that is a special
  /// token, which adds nothing to the text.
  bool stopped() const { return atSpecial || stops.found() != nullptr; }

  /// All that push() was given and that push() and finish() returned.
  const std::vector<int32_t> &ids() const { return pushed; }
  const std::string &text() const { return whole; }

private:
  std::string add(std::string piece);
  std::string say(std::string piece);

  const text::Tokenizer *tokenizer;
  text::StreamDecoder decoder;
  StopStrings stops;
  bool atSpecial = false;
  /// Of the prompt, as far as it has not come yet.
  std::string held;
  std::vector<int32_t> pushed;
  std::string whole;
};

} // namespace weft::complete
