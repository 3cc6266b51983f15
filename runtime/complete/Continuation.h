// New tokens as text, as they come.
#pragma once

#include "runtime/generate/StopStrings.h"
#include "runtime/text/tokenizer/Tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace weft::cli {

/// What follows a prompt as text, up to a stop string: keeps what the tokens complete, and
/// writes it to standard output as it comes unless `quiet`. The first error stops it.
class Continuation {
public:
  /// The tokenizer must outlive it.
  Continuation(const text::Tokenizer &tokenizer, std::span<const int32_t> prompt, StopStrings stops,
               bool quiet);

  /// Whether the text goes on: it has no stop string yet, nor is the token one that adds
  /// nothing to the text, as a special one is.
  bool push(int32_t id);
  /// What was still kept back.
  void finish();
  /// Whether anybody can use more.
  bool wanted() const;

  std::vector<int32_t> ids;
  std::string text;
  Result<void> state;

private:
  void add(std::string piece);
  void write(const std::string &piece);
  void dropHeld(std::string &piece);

  const text::Tokenizer *tokenizer;
  text::StreamDecoder decoder;
  StopStrings stops;
  bool quiet;
  /// The end of the prompt's text that the decoder still keeps back: bytes wait for the
  /// tokens after them.
  std::string held;
};

} // namespace weft::cli
