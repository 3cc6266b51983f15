// What a Split does with the matches of its pattern.
#pragma once

#include "runtime/text/tokenizer/Json.h"
#include "runtime/text/tokenizer/split/Pattern.h"

#include <string_view>
#include <vector>

namespace weft::text {

/// How matches and the text between them become pieces; shown for "a-b--c" split at "-".
enum class SplitBehavior {
  /// The pieces are a, b, c.
  Removed,
  /// The pieces are a, -, b, -, -, c.
  Isolated,
  /// The pieces are a-, b-, -, c.
  MergedWithPrevious,
  /// The pieces are a, -b, -, -c.
  MergedWithNext,
  /// The pieces are a, -, b, --, c.
  Contiguous,
};

/// Reads the field "behavior", or returns `otherwise` if there is none.
Result<SplitBehavior> makeSplitBehavior(const Fields &fields, SplitBehavior otherwise);

/// Appends the ranges into which `behavior` splits `text` at the matches of `pattern`, or,
/// with `invert`, at what lies between them.
void split(std::string_view text, const Pattern &pattern, SplitBehavior behavior, bool invert,
           std::vector<Span> &ranges);

} // namespace weft::text
