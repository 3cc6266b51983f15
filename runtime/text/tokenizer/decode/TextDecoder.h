// From tokens back to text, one token at a time.
#pragma once

#include "runtime/text/tokenizer/Json.h"

#include <memory>
#include <string>
#include <string_view>

namespace weft::text {

/// One stage of decoding. Takes the text of tokens in pieces, marks where each token ends,
/// and hands the same on to the next stage as soon as nothing that follows can change it.
/// Not thread-safe; one run only.
class DecodingStage {
public:
  virtual ~DecodingStage() = default;
  /// Whole characters of the current token.
  virtual void text(std::string_view piece) = 0;
  virtual void endToken() = 0;
  /// No token will follow.
  virtual void finish() = 0;
  /// A copy of this stage and of those behind it, as they stand; its text goes to `out`, which
  /// must outlive it.
  virtual std::unique_ptr<DecodingStage> copy(std::string &out) const = 0;
};

/// What bytes that are no UTF-8 become.
enum class InvalidBytes { Replace, Keep };

/// Immutable; may be used from any thread.
class TextDecoder {
public:
  virtual ~TextDecoder() = default;
  /// A stage for one run, which hands on to `next`.
  virtual std::unique_ptr<DecodingStage> open(std::unique_ptr<DecodingStage> next,
                                              InvalidBytes invalid) const = 0;
};

Result<std::unique_ptr<TextDecoder>> makeDecoder(JsonValue value, std::string path);

/// What stands in for a missing decoder: a space between tokens.
std::unique_ptr<TextDecoder> makeSpaceDecoder();

} // namespace weft::text
