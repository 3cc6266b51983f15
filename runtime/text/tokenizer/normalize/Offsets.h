// Tracks which bytes of the input each byte of a changed text comes from.
#pragma once

#include "runtime/base/Span.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// The range of the input that each byte of a text comes from.
using Origins = std::vector<Span>;

/// Returns the range of the input that the bytes `span` come from. For an empty span it is empty,
/// after the origin of the byte before.
Span originOf(const Origins &origins, Span span);

/// Builds a text from parts of another text, and tracks where each part comes from unless `origins`
/// is null. Appends to `out` and `origins`. `before` has the origins of `from`.
class AlignedWriter {
public:
  AlignedWriter(std::string &out, Origins *origins, const Origins *before, std::string_view from)
      : out(out), origins(origins), before(before), from(from) {}

  /// Appends the bytes `span` of `from`.
  void copy(Span span);
  /// Appends `text` in place of the bytes `span` of `from`, which may be empty.
  void replace(Span span, std::string_view text);

private:
  std::string &out;
  Origins *origins;
  const Origins *before;
  std::string_view from;
};

} // namespace weft::text
