// Text to token ids and back.
#pragma once

#include "runtime/base/Error.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

using TokenId = int32_t;

/// A token and the bytes [begin, end) of the text that it comes from.
struct TokenPlace {
  TokenId id;
  size_t begin, end;
};

/// A tokenizer, as a Hugging Face `tokenizer.json` describes it. Immutable once made; may be used
/// from any thread.
class Tokenizer {
public:
  /// Makes a tokenizer from the text of a `tokenizer.json`, which need not outlive the call. Errors
  /// name the part that is malformed or not supported, and list what is supported.
  static Result<std::unique_ptr<Tokenizer>> fromJson(std::string_view json);

  Tokenizer(const Tokenizer &) = delete;
  Tokenizer &operator=(const Tokenizer &) = delete;
  ~Tokenizer();

  /// Returns the ids of `text`, which may be any bytes. With `addSpecial`, the post-processor adds
  /// its special tokens (a begin token, say). Special tokens written in the text are recognized.
  /// The ids equal those of Hugging Face `tokenizers`, except that truncation and padding are
  /// ignored. Bytes that are not valid UTF-8 are kept if the vocabulary has a token for each byte,
  /// else they become U+FFFD. Time is n log n in the length of the text.
  std::vector<TokenId> encode(std::string_view text, bool addSpecial = true) const;

  /// Returns the ids of a text that will be continued, such as a prompt: with the special tokens
  /// that the post-processor adds before it, without those after it.
  std::vector<TokenId> encodePrompt(std::string_view text) const;

  /// Does what encode() does, and returns the bytes of `text` that each token comes from. Text that
  /// a normalizer changed comes from the whole grapheme that was changed. An inserted token, such
  /// as a prefix or a special token, has an empty range at its place.
  std::vector<TokenPlace> encodeWithOffsets(std::string_view text, bool addSpecial = true) const;

  /// Returns the text of `ids`, by default without special tokens. It is always valid UTF-8;
  /// invalid bytes become U+FFFD. Errors: an id outside the vocabulary. An unused id decodes to
  /// nothing.
  Result<std::string> decode(std::span<const TokenId> ids, bool skipSpecial = true) const;
  /// Does what decode() does, but returns the bytes of the tokens unchanged, even if they are not
  /// valid UTF-8.
  Result<std::string> decodeBytes(std::span<const TokenId> ids, bool skipSpecial = true) const;

  /// Returns the number of ids including added tokens: the largest id plus one.
  size_t vocabularySize() const;
  /// Returns a token as it is written in the vocabulary ("Ġthe", "▁the", "<0x0A>"); empty if
  /// unused.
  std::string_view token(TokenId id) const;
  /// Returns the id of a token as it is written in the vocabulary, or -1.
  TokenId id(std::string_view token) const;
  /// Says whether `id` is a special token.
  bool isSpecial(TokenId id) const;

private:
  friend class Decoding;
  friend class StreamDecoder;
  struct Impl;
  explicit Tokenizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

/// Decodes a growing sequence as a stream. The pieces joined are what decode() returns for the
/// whole sequence, and no piece ends inside a UTF-8 character. A piece is returned as soon as no
/// later token can change it: byte tokens (<0xE2>) wait for the end of their run, because one
/// invalid byte turns the whole run into U+FFFD. Not thread-safe. The tokenizer must outlive it.
class StreamDecoder {
public:
  explicit StreamDecoder(const Tokenizer &tokenizer, bool skipSpecial = true);
  StreamDecoder(StreamDecoder &&) noexcept;
  StreamDecoder &operator=(StreamDecoder &&) noexcept;
  ~StreamDecoder();

  /// Adds a token. Returns the text that it completes, which may be empty. Errors: an id outside
  /// the vocabulary; the stream is unchanged then.
  Result<std::string> push(TokenId id);
  /// Ends the text. Returns what was still withheld (an incomplete character as U+FFFD). The next
  /// push() starts a new text.
  std::string finish();
  /// Returns an independent copy of the stream.
  StreamDecoder fork() const;

private:
  StreamDecoder() = default;
  struct Run;
  std::unique_ptr<Run> run;
};

} // namespace weft::text
