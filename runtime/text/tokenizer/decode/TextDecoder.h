// Decoders: from tokens to text, token by token.
#pragma once

#include "runtime/text/tokenizer/Json.h"

#include <memory>
#include <string>
#include <string_view>

namespace weft::text {

/// One stage of decoding. It gets the text of tokens in pieces and the end of each token, and
/// passes the result to the next stage as soon as nothing later can change it. Not thread-safe; for
/// one text only.
class DecodingStage {
public:
  virtual ~DecodingStage() = default;
  /// Adds whole characters of the current token.
  virtual void text(std::string_view piece) = 0;
  virtual void endToken() = 0;
  /// Ends the text: no token will follow.
  virtual void finish() = 0;
  /// Returns a copy of this stage and of those after it, in their current states. Its text goes to
  /// `out`, which must outlive it.
  virtual std::unique_ptr<DecodingStage> copy(std::string &out) const = 0;
};

/// What becomes of bytes that are not valid UTF-8.
enum class InvalidBytes { Replace, Keep };

/// A decoder of tokenizer.json. Immutable; may be used from any thread.
class TextDecoder {
public:
  virtual ~TextDecoder() = default;
  /// Makes a stage for one text, which passes its result to `next`.
  virtual std::unique_ptr<DecodingStage> open(std::unique_ptr<DecodingStage> next,
                                              InvalidBytes invalid) const = 0;
};

/// Makes the decoder that `value`, at `path` in the file, describes.
Result<std::unique_ptr<TextDecoder>> makeDecoder(JsonValue value, std::string path);

/// Makes the decoder for files without one, which puts a space between tokens.
std::unique_ptr<TextDecoder> makeSpaceDecoder();

} // namespace weft::text
