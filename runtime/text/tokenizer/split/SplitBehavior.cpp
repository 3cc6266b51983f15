#include "runtime/text/tokenizer/split/SplitBehavior.h"

#include "runtime/base/Utf8.h"

#include <algorithm>

namespace weft::text {

Result<SplitBehavior> makeSplitBehavior(const Fields &fields, SplitBehavior otherwise) {
  if (!fields.has("behavior"))
    return otherwise;
  auto name = fields.string("behavior");
  if (!name)
    return failFrom(name);
  if (*name == "Removed")
    return SplitBehavior::Removed;
  if (*name == "Isolated")
    return SplitBehavior::Isolated;
  if (*name == "MergedWithPrevious")
    return SplitBehavior::MergedWithPrevious;
  if (*name == "MergedWithNext")
    return SplitBehavior::MergedWithNext;
  if (*name == "Contiguous")
    return SplitBehavior::Contiguous;
  return fail(fields.path("behavior") + ": " + inQuotes(*name) +
              " is not supported; supported are Removed, Isolated, MergedWithPrevious, "
              "MergedWithNext, Contiguous");
}

namespace {

struct Part {
  Span span;
  bool match;
};

/// The matches and the gaps between them, in order, covering all of `text`.
std::vector<Part> coverWith(const std::vector<Span> &matches, size_t size, bool invert) {
  std::vector<Part> parts;
  parts.reserve(matches.size() * 2 + 1);
  size_t at = 0;
  for (Span match : matches) {
    if (at != match.begin)
      parts.push_back({{at, match.begin}, invert});
    parts.push_back({match, !invert});
    at = match.end;
  }
  if (at != size)
    parts.push_back({{at, size}, invert});
  return parts;
}

/// Joins a part to its neighbour (the one before it in the order of iteration) where
/// `joins(isMatch, neighbourIsMatch)`.
template <typename Iterator, typename Joins>
void merge(Iterator begin, Iterator end, Joins joins, std::vector<Span> &ranges) {
  const size_t base = ranges.size();
  bool neighbour = false;
  for (; begin != end; ++begin) {
    if (ranges.size() > base && joins(begin->match, neighbour)) {
      Span &last = ranges.back();
      last = {std::min(last.begin, begin->span.begin), std::max(last.end, begin->span.end)};
    } else {
      ranges.push_back(begin->span);
    }
    neighbour = begin->match;
  }
}

} // namespace

void split(std::string_view text, const Pattern &pattern, SplitBehavior behavior, bool invert,
           std::vector<Span> &ranges) {
  std::vector<Span> matches;
  pattern.find(text, matches);
  if (behavior == SplitBehavior::Isolated && matches.size() == 1 && matches[0].begin == 0 &&
      matches[0].end == text.size()) {
    ranges.push_back(matches[0]);
    return;
  }
  const std::vector<Part> parts = coverWith(matches, text.size(), invert);
  auto firstOfMatches = [](bool match, bool neighbour) { return match && !neighbour; };
  switch (behavior) {
  case SplitBehavior::Removed:
    // A pattern that keeps its matches cannot match bytes that are no UTF-8; they stay.
    for (const Part &part : parts)
      if (!part.match ||
          (invert && !isValidUtf8(text.substr(part.span.begin, part.span.end - part.span.begin))))
        ranges.push_back(part.span);
    break;
  case SplitBehavior::Isolated:
    for (const Part &part : parts)
      ranges.push_back(part.span);
    break;
  case SplitBehavior::Contiguous:
    merge(parts.begin(), parts.end(), [](bool a, bool b) { return a == b; }, ranges);
    break;
  case SplitBehavior::MergedWithPrevious:
    merge(parts.begin(), parts.end(), firstOfMatches, ranges);
    break;
  case SplitBehavior::MergedWithNext: {
    auto base = static_cast<std::ptrdiff_t>(ranges.size());
    merge(parts.rbegin(), parts.rend(), firstOfMatches, ranges);
    std::reverse(ranges.begin() + base, ranges.end());
    break;
  }
  }
}

} // namespace weft::text
