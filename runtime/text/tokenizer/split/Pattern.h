// The patterns of Replace and Split.
#pragma once

#include "runtime/text/regex/Regex.h"
#include "runtime/text/tokenizer/Json.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// A pattern. Immutable; may be used from any thread.
class Pattern {
public:
  virtual ~Pattern() = default;
  /// Appends the matches in `text` to `matches`, left to right without overlap.
  virtual void find(std::string_view text, std::vector<Span> &matches) const = 0;
  /// Returns the text of a literal pattern, empty for others.
  virtual std::string_view literal() const { return {}; }

  /// Returns `text` with every match replaced by `content`.
  std::string replace(std::string_view text, std::string_view content) const;
};

/// Reads {"String": "..."} or {"Regex": "..."} from the field "pattern".
Result<std::unique_ptr<Pattern>> makePattern(const Fields &fields);

/// Makes a pattern that matches exactly `text`, which must not be empty.
std::unique_ptr<Pattern> makeLiteral(std::string_view text);
/// Makes a pattern that matches single characters for which `contains` is true.
std::unique_ptr<Pattern> makeCharacterClass(bool (*contains)(char32_t));

} // namespace weft::text
