// Python's operators on values.
#pragma once

#include "runtime/text/jinja/syntax/Syntax.h"

namespace weft::jinja {

class TemplateInterpreter;

/// Apply an operator. `and` and `or` are not handled here, as they may skip an operand. Throw
/// TemplateError for operands of the wrong types, overflow and division by zero.
Value apply(BinaryOperator op, const Value &left, const Value &right,
            TemplateInterpreter &interpreter);
Value apply(UnaryOperator op, const Value &operand);
bool compare(ComparisonOperator op, const Value &left, const Value &right);
/// Returns left < right for two numbers, strings or lists.
bool isLess(const Value &left, const Value &right);

} // namespace weft::jinja
