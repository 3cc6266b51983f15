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

/// A token and the bytes that it comes from, without `end`.
struct TokenPlace {
  TokenId id;
  size_t begin, end;
};

/// A tokenizer as a Hugging Face `tokenizer.json` describes it. Immutable once made; may
/// be used from any thread.
class Tokenizer {
public:
  /// Reads the text of a `tokenizer.json`. Errors name the part that is malformed or not
  /// supported, and what is supported instead. Nothing of `json` is kept by reference.
  static Result<std::unique_ptr<Tokenizer>> fromJson(std::string_view json);

  Tokenizer(const Tokenizer &) = delete;
  Tokenizer &operator=(const Tokenizer &) = delete;
  ~Tokenizer();

  /// The ids of `text`, any bytes. With `addSpecial` the post-processor puts its special
  /// tokens around them (a begin-of-sequence token, say). Special tokens written out in
  /// the text are recognised. Time is linear in the length of the text, up to a logarithm.
  /// The ids are those of Hugging Face `tokenizers`; truncation and padding that the file
  /// asks for are left out. Bytes that are no UTF-8 are kept as they are where the
  /// vocabulary has a token for each byte, and become U+FFFD where it has not.
  std::vector<TokenId> encode(std::string_view text, bool addSpecial = true) const;

  /// The ids of a text that is to go on, as the prompt of a model is: with the special tokens
  /// that the post-processor puts before it, without those that would end it.
  std::vector<TokenId> encodePrompt(std::string_view text) const;

  /// As encode(), with the bytes of `text` that each token comes from. What a normalizer changed
  /// comes from the whole grapheme that it changed; a token that was put in, such as a prefix or
  /// a special token around the text, comes from no bytes, at the place where it was put in.
  std::vector<TokenPlace> encodeWithOffsets(std::string_view text, bool addSpecial = true) const;

  /// The text of `ids`, special tokens left out unless asked for. Always valid UTF-8: bytes
  /// that are none become U+FFFD. Ids outside the vocabulary are an error; an id that the
  /// vocabulary leaves unused decodes to nothing.
  Result<std::string> decode(std::span<const TokenId> ids, bool skipSpecial = true) const;
  /// The same with the bytes as the tokens spell them, UTF-8 or not.
  Result<std::string> decodeBytes(std::span<const TokenId> ids, bool skipSpecial = true) const;

  /// Number of ids, added tokens included (the largest id plus one).
  size_t vocabularySize() const;
  /// The token as the vocabulary writes it ("Ġthe", "▁the", "<0x0A>"); empty where unused.
  std::string_view token(TokenId id) const;
  /// The id of a token as the vocabulary writes it, or -1.
  TokenId id(std::string_view token) const;
  bool isSpecial(TokenId id) const;

private:
  friend class Decoding;
  friend class StreamDecoder;
  struct Impl;
  explicit Tokenizer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

/// Decodes a growing sequence piece by piece. The pieces joined are what decode() gives
/// for the whole, and no piece ends inside a UTF-8 character. A piece comes as soon as no
/// later token can change it: byte tokens (<0xE2>) wait for the end of their run, because
/// one bad byte turns the whole run into U+FFFD. Not thread-safe; the tokenizer must outlive
/// it.
class StreamDecoder {
public:
  explicit StreamDecoder(const Tokenizer &tokenizer, bool skipSpecial = true);
  StreamDecoder(StreamDecoder &&) noexcept;
  StreamDecoder &operator=(StreamDecoder &&) noexcept;
  ~StreamDecoder();

  /// The text that `id` completes; may be empty. An error leaves the stream as it was.
  Result<std::string> push(TokenId id);
  /// What is still held back at the end (an unfinished character as U+FFFD). The next
  /// push() begins a new text.
  std::string finish();
  /// A second stream that goes on from where this one is.
  StreamDecoder fork() const;

private:
  StreamDecoder() = default;
  struct Run;
  std::unique_ptr<Run> run;
};

} // namespace weft::text
