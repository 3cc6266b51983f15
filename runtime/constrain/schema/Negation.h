// The negation of a JSON Schema.
#pragma once

#include "runtime/constrain/schema/References.h"

#include <string>
#include <vector>

namespace weft::constrain {

/// Returns JSON texts of schemas, each of which accepts only values that `schema` rejects. Values
/// that they miss are those for which the negation of a keyword cannot be expressed. Besides the
/// standard keywords they may use these:
///   "weft:absent": NAME               there is no property NAME
///   "weft:property": {NAME: SCHEMA}   there is a property NAME that SCHEMA accepts
///   "weft:notEnum": [VALUES]          the value is none of these
///   "weft:notPattern": PATTERN        the string does not match PATTERN
///   "weft:fraction": true             the number is not an integer
/// Errors: no keyword of `schema` can be negated this way; the message names them.
Result<std::vector<std::string>> inverseOf(const Schema &schema, const References &references);

} // namespace weft::constrain
