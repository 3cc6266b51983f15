// What a Replace or a Split looks for.
#pragma once

#include "runtime/text/regex/Regex.h"
#include "runtime/text/tokenizer/Json.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// Immutable; may be used from any thread.
class Pattern {
public:
  virtual ~Pattern() = default;
  /// Appends the matches in `text`, left to right and without overlap.
  virtual void find(std::string_view text, std::vector<Span> &matches) const = 0;
  /// The text it stands for, if it is no more than that; empty otherwise.
  virtual std::string_view literal() const { return {}; }

  /// `text` with `content` in place of every match.
  std::string replace(std::string_view text, std::string_view content) const;
};

/// Reads {"String": "..."} or {"Regex": "..."} from the field "pattern".
Result<std::unique_ptr<Pattern>> makePattern(const Fields &fields);

/// `text` not empty.
std::unique_ptr<Pattern> makeLiteral(std::string_view text);
std::unique_ptr<Pattern> makeCharacterClass(bool (*contains)(char32_t));

} // namespace weft::text
