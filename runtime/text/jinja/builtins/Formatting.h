// How Python writes values into a text by a pattern.
#pragma once

#include "runtime/text/jinja/builtins/Builtins.h"

#include <string>
#include <string_view>

namespace weft::jinja {

/// pattern % values: a tuple has a value for each place, a dict one for each
/// "%(name)s", anything else is the only one. Throws TemplateError where they
/// do not fit.
std::string percentFormatted(std::string_view pattern, const Value &values,
                             TemplateInterpreter &interpreter);

/// pattern.format(arguments...), with attributes, indices, conversions and
/// format specifications. Throws TemplateError where they do not fit.
std::string braceFormatted(std::string_view pattern, const Arguments &arguments,
                           TemplateInterpreter &interpreter);

} // namespace weft::jinja
