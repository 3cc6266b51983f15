// What a schema does not accept, as schemas.
#pragma once

#include "runtime/constrain/schema/References.h"

#include <string>
#include <vector>

namespace weft::constrain {

/// Schemas, as their texts, of which each accepts only values that `schema` does not: nothing
/// that they accept is wrong, and what they leave out is only what cannot be said. They may have
/// these keywords besides the drafts':
///   "weft:absent": NAME               no property of that name
///   "weft:property": {NAME: SCHEMA}   it is there, and so
///   "weft:notEnum": [VALUES]          none of them
///   "weft:notPattern": PATTERN        a text that it does not fit
///   "weft:fraction": true             a number that is no integer
/// Errors: of `schema` nothing can be said this way, by the names of its keywords.
Result<std::vector<std::string>> inverseOf(const Schema &schema, const References &references);

} // namespace weft::constrain
