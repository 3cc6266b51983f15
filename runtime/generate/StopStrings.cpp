#include "runtime/generate/StopStrings.h"

#include <algorithm>
#include <utility>

namespace weft {

Result<StopStrings> StopStrings::make(std::span<const std::string> strings) {
  StopStrings stops;
  for (const std::string &text : strings) {
    if (text.empty())
      return fail("expected stop strings of at least one byte, found an empty one");
    std::vector<size_t> back(text.size());
    for (size_t i = 1, border = 0; i < text.size(); ++i) {
      while (border > 0 && text[i] != text[border])
        border = back[border - 1];
      border += text[i] == text[border];
      back[i] = border;
    }
    stops.patterns.push_back({text, std::move(back)});
  }
  return stops;
}

std::string StopStrings::push(std::string_view piece) {
  if (match)
    return {};
  for (char byte : piece) {
    withheld += byte;
    for (size_t i = 0; i < patterns.size(); ++i) {
      const std::string &text = patterns[i].text;
      size_t &matched = patterns[i].matched; // below the string's length
      while (matched > 0 && byte != text[matched])
        matched = patterns[i].back[matched - 1];
      matched += byte == text[matched];
      if (matched == text.size() && (!found() || found()->size() < matched))
        match = i;
    }
    if (found()) {
      withheld.resize(withheld.size() - found()->size());
      return std::exchange(withheld, {});
    }
  }
  size_t kept = 0;
  for (const Pattern &pattern : patterns)
    kept = std::max(kept, pattern.matched);
  std::string released = withheld.substr(0, withheld.size() - kept);
  withheld.erase(0, released.size());
  return released;
}

bool StopStrings::contain(std::string_view text) const {
  return std::ranges::find(patterns, text, &Pattern::text) != patterns.end();
}

std::string StopStrings::finish() { return match ? std::string() : std::exchange(withheld, {}); }

} // namespace weft
