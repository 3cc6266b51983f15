// Pre-tokenizers: split a text into the words that the model tokenizes one by one.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/split/Pieces.h"

#include <memory>

namespace weft::text {

/// A pre-tokenizer of tokenizer.json. Immutable; may be used from any thread.
class PreTokenizer {
public:
  virtual ~PreTokenizer() = default;
  /// Splits or rewrites the text pieces of `pieces`.
  virtual void apply(Pieces &pieces) const = 0;
  /// Says whether it treats the beginning of the input differently.
  virtual bool dependsOnBeginning() const { return false; }
  /// Says whether its output has a character for each byte, so that no byte of the text is lost.
  virtual bool mapsBytes() const { return false; }
};

/// Makes the pre-tokenizer that `value`, at `path` in the file, describes.
Result<std::unique_ptr<PreTokenizer>> makePreTokenizer(JsonValue value, std::string path);

} // namespace weft::text
