// The tables of filters.
#pragma once

#include "runtime/text/jinja/builtins/Builtins.h"

namespace weft::jinja {

/// Filters whose input is one value: a text, a number, anything as text.
std::span<const Builtin> textFilters();
/// Filters whose input is a list or a dict.
std::span<const Builtin> listFilters();
/// Filters that arrange texts and lists in rows and columns.
std::span<const Builtin> layoutFilters();
/// Filters for HTML and URLs.
std::span<const Builtin> markupFilters();

} // namespace weft::jinja
