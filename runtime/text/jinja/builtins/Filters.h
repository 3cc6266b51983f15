// The table of filters, in two parts.
#pragma once

#include "runtime/text/jinja/builtins/Builtins.h"

namespace weft::jinja {

/// Filters whose input is one value: a text, a number, anything as text.
std::span<const Builtin> textFilters();
/// Filters whose input is a list or a dict.
std::span<const Builtin> listFilters();

} // namespace weft::jinja
