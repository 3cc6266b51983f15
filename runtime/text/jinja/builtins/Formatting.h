// Python's string formatting: % and str.format().
#pragma once

#include "runtime/text/jinja/builtins/Builtins.h"

#include <string>
#include <string_view>

namespace weft::jinja {

/// Returns pattern % values: a tuple supplies a value for each conversion, a dict one for each
/// "%(name)s", any other value is the only one. Throws TemplateError if they do not match.
std::string percentFormatted(std::string_view pattern, const Value &values,
                             TemplateInterpreter &interpreter);

/// Returns pattern.format(arguments...), with attributes, indices, conversions and format
/// specifications. Throws TemplateError if they do not match.
std::string braceFormatted(std::string_view pattern, const Arguments &arguments,
                           TemplateInterpreter &interpreter);

} // namespace weft::jinja
