#include "runtime/text/jinja/Operators.h"

#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Formatting.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

std::string_view symbolOf(BinaryOperator op) {
  constexpr std::string_view symbols[] = {"or", "and", "+", "-", "*", "/", "//", "%", "**", "~"};
  return symbols[size_t(op)];
}

[[noreturn]] void failUndefined(const Value &value) {
  throw TemplateError("'" + std::string(value.undefinedName()) + "' is undefined");
}

[[noreturn]] void failOperands(std::string_view symbol, const Value &left, const Value &right) {
  for (const Value *each : {&left, &right})
    if (each->isUndefined())
      failUndefined(*each);
  throw TemplateError("expected operands that go with '" + std::string(symbol) + "', found " +
                      std::string(describe(left)) + " and " + std::string(describe(right)));
}

bool areIntegers(const Value &left, const Value &right) {
  return left.isNumber() && right.isNumber() && !left.is(Kind::Float) && !right.is(Kind::Float);
}

/// Rounds towards minus infinity, as Python does.
Value floorDivided(int64_t a, int64_t b, bool remainder) {
  const int64_t quotient = a / b, rest = a % b;
  const bool rounded = rest != 0 && (rest < 0) != (b < 0);
  return remainder ? rest + (rounded ? b : 0) : quotient - (rounded ? 1 : 0);
}

Value power(int64_t base, int64_t exponent) {
  if (exponent < 0)
    return std::pow(double(base), double(exponent));
  int64_t result = 1;
  for (int64_t i = 0; i < exponent && result != 0 && base != 1; ++i) {
    if (base == -1)
      return exponent % 2 == 0 ? int64_t(1) : int64_t(-1);
    if (__builtin_mul_overflow(result, base, &result))
      throw TemplateError("expected integers of 64 bits, found more");
  }
  return result;
}

Value integerArithmetic(BinaryOperator op, int64_t a, int64_t b) {
  int64_t result = 0;
  bool overflows = false;
  switch (op) {
  case BinaryOperator::Add:
    overflows = __builtin_add_overflow(a, b, &result);
    break;
  case BinaryOperator::Subtract:
    overflows = __builtin_sub_overflow(a, b, &result);
    break;
  case BinaryOperator::Multiply:
    overflows = __builtin_mul_overflow(a, b, &result);
    break;
  case BinaryOperator::Power:
    return power(a, b);
  default:
    if (b == 0)
      throw TemplateError("division by zero");
    if (op == BinaryOperator::Divide)
      return double(a) / double(b);
    overflows = b == -1 && a == std::numeric_limits<int64_t>::min();
    if (!overflows)
      return floorDivided(a, b, op == BinaryOperator::Modulo);
  }
  if (overflows)
    throw TemplateError("expected integers of 64 bits, found more");
  return result;
}

Value floatArithmetic(BinaryOperator op, double a, double b) {
  switch (op) {
  case BinaryOperator::Add:
    return a + b;
  case BinaryOperator::Subtract:
    return a - b;
  case BinaryOperator::Multiply:
    return a * b;
  case BinaryOperator::Power:
    return std::pow(a, b);
  default:
    break;
  }
  if (b == 0)
    throw TemplateError("division by zero");
  if (op == BinaryOperator::Divide)
    return a / b;
  const double quotient = std::floor(a / b);
  return op == BinaryOperator::FloorDivide ? quotient : a - quotient * b;
}

Value repeated(const Value &value, int64_t times, TemplateInterpreter &interpreter) {
  const auto count = uint64_t(std::max<int64_t>(times, 0));
  const uint64_t size = value.isString() ? value.string().size() : value.list().size();
  if (size == 0 || count == 0)
    return value.isString() ? Value("") : Value(List());
  interpreter.checkLength(count);
  interpreter.checkLength(count * size);
  interpreter.spend(value.isList() ? 2 * count * size : TemplateInterpreter::workOf(count * size));
  std::string text;
  List items;
  for (uint64_t i = 0; i < count; ++i) {
    if (value.isString())
      text += value.string();
    else
      items.insert(items.end(), value.list().begin(), value.list().end());
  }
  if (value.isString())
    return text;
  return value.isTuple() ? Value::tuple(std::move(items)) : Value(std::move(items));
}

Value joined(const std::string &left, const std::string &right, TemplateInterpreter &interpreter) {
  interpreter.checkLength(left.size() + right.size());
  return left + right;
}

bool isIn(const Value &item, const Value &container) {
  switch (container.kind()) {
  case Kind::Undefined:
    return false;
  case Kind::String:
    if (!item.isString())
      failOperands("in", item, container);
    return container.string().find(item.string()) != std::string::npos;
  case Kind::List:
    return std::ranges::any_of(container.list(), [&](const Value &each) { return each == item; });
  case Kind::Dict:
    return item.isString() && container.dict().find(item.string());
  default:
    failOperands("in", item, container);
  }
}

} // namespace

Value apply(BinaryOperator op, const Value &left, const Value &right,
            TemplateInterpreter &interpreter) {
  if (op == BinaryOperator::Concatenate)
    return joined(toText(left), toText(right), interpreter);
  if (op == BinaryOperator::Modulo && left.isString())
    return percentFormatted(left.string(), right, interpreter);
  if (areIntegers(left, right))
    return integerArithmetic(op, left.integer(), right.integer());
  if (left.isNumber() && right.isNumber())
    return floatArithmetic(op, left.number(), right.number());
  if (op == BinaryOperator::Add && left.isString() && right.isString())
    return joined(left.string(), right.string(), interpreter);
  if (op == BinaryOperator::Add && left.isList() && right.isList()) {
    if (left.isTuple() != right.isTuple())
      failOperands("+", left, right);
    List items = left.list();
    items.insert(items.end(), right.list().begin(), right.list().end());
    return left.isTuple() ? Value::tuple(std::move(items)) : Value(std::move(items));
  }
  if (op == BinaryOperator::Multiply) {
    const bool ordered = left.isString() || left.isList();
    const Value &sequence = ordered ? left : right, &times = ordered ? right : left;
    if ((sequence.isString() || sequence.isList()) && times.isNumber() && !times.is(Kind::Float))
      return repeated(sequence, times.integer(), interpreter);
  }
  failOperands(symbolOf(op), left, right);
}

Value apply(UnaryOperator op, const Value &operand) {
  if (op == UnaryOperator::Not)
    return !operand.truthy();
  if (operand.isUndefined())
    failUndefined(operand);
  if (!operand.isNumber())
    throw TemplateError("expected a number after '-' or '+', found " +
                        std::string(describe(operand)));
  if (op == UnaryOperator::Plus)
    return operand;
  if (operand.is(Kind::Float))
    return -operand.number();
  return integerArithmetic(BinaryOperator::Subtract, 0, operand.integer());
}

bool isLess(const Value &left, const Value &right) {
  if (areIntegers(left, right))
    return left.integer() < right.integer();
  if (left.isNumber() && right.isNumber())
    return left.number() < right.number();
  if (left.isString() && right.isString())
    return left.string() < right.string();
  if (left.isList() && right.isList()) {
    const List &a = left.list(), &b = right.list();
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      if (!(a[i] == b[i]))
        return isLess(a[i], b[i]);
    return a.size() < b.size();
  }
  failOperands("<", left, right);
}

bool compare(ComparisonOperator op, const Value &left, const Value &right) {
  switch (op) {
  case ComparisonOperator::Equal:
    return left == right;
  case ComparisonOperator::NotEqual:
    return !(left == right);
  case ComparisonOperator::Less:
    return isLess(left, right);
  case ComparisonOperator::LessEqual:
    return left == right || isLess(left, right);
  case ComparisonOperator::Greater:
    return isLess(right, left);
  case ComparisonOperator::GreaterEqual:
    return left == right || isLess(right, left);
  case ComparisonOperator::In:
    return isIn(left, right);
  case ComparisonOperator::NotIn:
    return !isIn(left, right);
  }
  return false;
}

} // namespace weft::jinja
