// What may stand after `is`.
#include "runtime/text/jinja/Operators.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Builtins.h"
#include "runtime/text/jinja/syntax/Characters.h"

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

template <Kind... kinds>
Value isOf(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return ((input.kind() == kinds) || ...);
}

Value isDefined(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return !input.isUndefined();
}

template <bool expected>
Value isBoolean(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return input.is(Kind::Boolean) && input.truthy() == expected;
}

template <int64_t remainder>
Value hasParity(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return (asInteger(input, arguments) & 1) == remainder;
}

Value isDivisibleBy(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const int64_t divisor = asInteger(bind(arguments, {"num"})[0], arguments);
  if (divisor == 0)
    throw TemplateError(arguments.callee + ": division by zero");
  return divisor == -1 || asInteger(input, arguments) % divisor == 0;
}

template <ComparisonOperator op>
Value compares(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  return compare(op, input, bind(arguments, {"other"})[0]);
}

Value isSameAs(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const Value other = bind(arguments, {"other"})[0];
  return input.kind() == other.kind() && input == other;
}

template <const Builtin *(*find)(std::string_view)>
Value isNamed(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return input.isString() && find(input.string());
}

/// Nothing is escaped: there is no markup beside text.
Value isEscaped(TemplateInterpreter &, const Value &, const Arguments &arguments) {
  bind(arguments, {});
  return false;
}

template <std::string (*change)(std::string_view)>
Value isInCase(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  const std::string text = toText(input);
  // Python asks for at least one letter that has a case.
  return change(text) == text && upper(text) != lower(text);
}

constexpr Builtin tests[] = {
    {"!=", compares<ComparisonOperator::NotEqual>},
    {"<", compares<ComparisonOperator::Less>},
    {"<=", compares<ComparisonOperator::LessEqual>},
    {"==", compares<ComparisonOperator::Equal>},
    {">", compares<ComparisonOperator::Greater>},
    {">=", compares<ComparisonOperator::GreaterEqual>},
    {"boolean", isOf<Kind::Boolean>},
    {"callable", isOf<Kind::Function>},
    {"defined", isDefined},
    {"divisibleby", isDivisibleBy},
    {"eq", compares<ComparisonOperator::Equal>},
    {"equalto", compares<ComparisonOperator::Equal>},
    {"escaped", isEscaped},
    {"even", hasParity<0>},
    {"false", isBoolean<false>},
    {"filter", isNamed<findFilter>},
    {"float", isOf<Kind::Float>},
    {"ge", compares<ComparisonOperator::GreaterEqual>},
    {"greaterthan", compares<ComparisonOperator::Greater>},
    {"gt", compares<ComparisonOperator::Greater>},
    {"in", compares<ComparisonOperator::In>},
    {"integer", isOf<Kind::Integer>},
    {"iterable", isOf<Kind::Undefined, Kind::String, Kind::List, Kind::Dict>},
    {"le", compares<ComparisonOperator::LessEqual>},
    {"lessthan", compares<ComparisonOperator::Less>},
    {"lower", isInCase<lower>},
    {"lt", compares<ComparisonOperator::Less>},
    {"mapping", isOf<Kind::Dict>},
    {"ne", compares<ComparisonOperator::NotEqual>},
    {"none", isOf<Kind::None>},
    {"number", isOf<Kind::Boolean, Kind::Integer, Kind::Float>},
    {"odd", hasParity<1>},
    {"sameas", isSameAs},
    {"sequence", isOf<Kind::Undefined, Kind::String, Kind::List, Kind::Dict>},
    {"string", isOf<Kind::String>},
    {"test", isNamed<findTest>},
    {"true", isBoolean<true>},
    {"undefined", isOf<Kind::Undefined>},
    {"upper", isInCase<upper>},
};

} // namespace

const Builtin *findTest(std::string_view name) { return findIn(tests, name); }

} // namespace weft::jinja
