// What is done to the text before it is cut into pieces.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/normalize/Offsets.h"

#include <memory>
#include <string>

namespace weft::text {

/// Immutable; may be used from any thread. Bytes that are no UTF-8 pass through unchanged.
class Normalizer {
public:
  virtual ~Normalizer() = default;
  virtual void normalize(std::string &text) const = 0;
  /// The same, for a text of which the origin of each byte is known. A character of the
  /// result comes from the grapheme that it was made of, unless the normalizer knows better.
  virtual void normalize(std::string &text, Origins &origins) const;
  /// Whether its output has a character for each byte, so that no byte of the text is lost.
  virtual bool mapsBytes() const { return false; }
};

Result<std::unique_ptr<Normalizer>> makeNormalizer(JsonValue value, std::string path);

} // namespace weft::text
