// Cuts a text into the words that the model tokenizes one by one.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/split/Pieces.h"

#include <memory>

namespace weft::text {

/// Immutable; may be used from any thread.
class PreTokenizer {
public:
  virtual ~PreTokenizer() = default;
  virtual void apply(Pieces &pieces) const = 0;
  /// Whether it does something else at the beginning of the input than elsewhere.
  virtual bool dependsOnBeginning() const { return false; }
  /// Whether its output has a character for each byte, so that no byte of the text is lost.
  virtual bool mapsBytes() const { return false; }
};

Result<std::unique_ptr<PreTokenizer>> makePreTokenizer(JsonValue value, std::string path);

} // namespace weft::text
