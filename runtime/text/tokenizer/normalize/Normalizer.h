// Normalizers: changes to the text before it is split.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/normalize/Offsets.h"

#include <memory>
#include <string>

namespace weft::text {

/// A normalizer of tokenizer.json. Bytes that are not valid UTF-8 pass through unchanged.
/// Immutable; may be used from any thread.
class Normalizer {
public:
  virtual ~Normalizer() = default;
  virtual void normalize(std::string &text) const = 0;
  /// Normalizes `text` and updates `origins`, the origin of each byte. By default a character of
  /// the result comes from the grapheme that it was made from.
  virtual void normalize(std::string &text, Origins &origins) const;
  /// Says whether its output has a character for each byte, so that no byte of the text is lost.
  virtual bool mapsBytes() const { return false; }
};

/// Makes the normalizer that `value`, at `path` in the file, describes.
Result<std::unique_ptr<Normalizer>> makeNormalizer(JsonValue value, std::string path);

} // namespace weft::text
