// Which part of the input each part of a changed text comes from.
#pragma once

#include "runtime/base/Span.h"

#include <string>
#include <string_view>
#include <vector>

namespace weft::text {

/// For each byte of a text, the range of the input that it comes from.
using Origins = std::vector<Span>;

/// The range that the bytes `span` come from; empty, after what is before it, if `span` is.
Span originOf(const Origins &origins, Span span);

/// A text that is put together from parts of another, and, where `origins` is not null, knows
/// where each part came from. `out` and `origins` are appended to.
class AlignedWriter {
public:
  AlignedWriter(std::string &out, Origins *origins, const Origins *before, std::string_view from)
      : out(out), origins(origins), before(before), from(from) {}

  /// Appends the bytes `span` of the text before.
  void copy(Span span);
  /// Appends `text` in the place of the bytes `span` of the text before, which may be none.
  void replace(Span span, std::string_view text);

private:
  std::string &out;
  Origins *origins;
  const Origins *before;
  std::string_view from;
};

} // namespace weft::text
