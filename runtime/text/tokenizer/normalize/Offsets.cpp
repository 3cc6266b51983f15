#include "runtime/text/tokenizer/normalize/Offsets.h"

namespace weft::text {

Span originOf(const Origins &origins, Span span) {
  if (span.begin < span.end)
    return {origins[span.begin].begin, origins[span.end - 1].end};
  const size_t at = span.begin > 0                ? origins[span.begin - 1].end
                    : span.begin < origins.size() ? origins[span.begin].begin
                                                  : 0;
  return {at, at};
}

void AlignedWriter::copy(Span span) {
  out += from.substr(span.begin, span.end - span.begin);
  if (origins)
    origins->insert(origins->end(), before->begin() + static_cast<std::ptrdiff_t>(span.begin),
                    before->begin() + static_cast<std::ptrdiff_t>(span.end));
}

void AlignedWriter::replace(Span span, std::string_view text) {
  out += text;
  if (origins)
    origins->insert(origins->end(), text.size(), originOf(*before, span));
}

} // namespace weft::text
