// Python's operators on values.
#pragma once

#include "runtime/text/jinja/syntax/Syntax.h"

namespace weft::jinja {

class TemplateInterpreter;

/// All but `and` and `or`, which do not evaluate both. Throw TemplateError on operands that
/// do not go together, on overflow and on division by zero.
Value apply(BinaryOperator op, const Value &left, const Value &right,
            TemplateInterpreter &interpreter);
Value apply(UnaryOperator op, const Value &operand);
bool compare(ComparisonOperator op, const Value &left, const Value &right);
/// left < right of numbers, strings or lists.
bool isLess(const Value &left, const Value &right);

} // namespace weft::jinja
