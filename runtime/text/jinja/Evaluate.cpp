#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/Operators.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/syntax/Level.h"

#include <algorithm>

namespace weft::jinja {

Value TemplateInterpreter::paid(Value value) {
  if (value.isString())
    spend(workOf(value.string().size()));
  else if (value.isList())
    spend(2 * value.list().size() + 1);
  else if (value.isDict())
    spend(4 * value.dict().size() + 1);
  return value;
}

Value TemplateInterpreter::evaluate(const Expression &expression, Scope &scope) {
  Level level(levels);
  currentLine = expression.line;
  spend(1);
  return std::visit([&](const auto &node) { return evaluate(node, scope); }, expression.node);
}

Value TemplateInterpreter::evaluate(const Literal &literal, Scope &) { return literal.value; }

Value TemplateInterpreter::evaluate(const Name &name, Scope &scope) {
  if (const Value *value = scope.find(name.name))
    return value->isUndefined() ? Value::undefined(name.name) : *value;
  if (const Builtin *builtin = findFunction(name.name))
    return std::make_shared<const Function>(Function{nullptr, nullptr, builtin, Value()});
  return Value::undefined(name.name);
}

Value TemplateInterpreter::evaluate(const ListDisplay &list, Scope &scope) {
  List items;
  for (const ExpressionPtr &item : list.items)
    items.push_back(evaluate(*item, scope));
  return list.isTuple ? Value::tuple(std::move(items)) : Value(std::move(items));
}

Value TemplateInterpreter::evaluate(const DictDisplay &dict, Scope &scope) {
  Dict items;
  for (const auto &[key, value] : dict.items) {
    const Value name = evaluate(*key, scope);
    if (!name.isString())
      throw TemplateError("expected a string as a key, found " + std::string(describe(name)));
    items.set(name.string(), evaluate(*value, scope));
  }
  return items;
}

Value TemplateInterpreter::evaluate(const Attribute &attribute, Scope &scope) {
  return attributeOf(evaluate(*attribute.object, scope), attribute.name);
}

Value TemplateInterpreter::evaluate(const Subscript &subscript, Scope &scope) {
  const Value object = evaluate(*subscript.object, scope);
  return paid(subscriptOf(object, evaluate(*subscript.index, scope)));
}

Value TemplateInterpreter::evaluate(const Slice &slice, Scope &scope) {
  const Value object = evaluate(*slice.object, scope);
  auto part = [&](const ExpressionPtr &each) {
    return each ? evaluate(*each, scope) : Value::none();
  };
  const Value start = part(slice.start), stop = part(slice.stop), step = part(slice.step);
  paid(object);
  return paid(sliceOf(object, start, stop, step));
}

Arguments TemplateInterpreter::evaluate(const std::vector<ArgumentSyntax> &arguments,
                                        Scope &scope) {
  Arguments result;
  for (const ArgumentSyntax &argument : arguments) {
    Value value = evaluate(*argument.value, scope);
    if (argument.name.empty())
      result.positional.push_back(std::move(value));
    else
      result.named.emplace_back(argument.name, std::move(value));
  }
  return result;
}

Value TemplateInterpreter::evaluate(const Call &call, Scope &scope) {
  const unsigned line = currentLine;
  if (const auto *method = std::get_if<Attribute>(&call.callee->node)) {
    const Value object = evaluate(*method->object, scope);
    if (object.isUndefined())
      throw TemplateError("'" + std::string(object.undefinedName()) + "' is undefined");
    const Builtin *builtin = findMethod(object, method->name);
    if (!builtin)
      throw TemplateError(std::string(describe(object)) + " has no method '" + method->name + "'");
    Arguments arguments = evaluate(call.arguments, scope);
    arguments.callee = "'" + method->name + "'";
    currentLine = line;
    paid(object);
    return paid(builtin->apply(*this, object, arguments));
  }
  const Value callee = evaluate(*call.callee, scope);
  if (callee.isUndefined())
    throw TemplateError("'" + std::string(callee.undefinedName()) + "' is undefined");
  if (!callee.is(Value::Kind::Function))
    throw TemplateError("expected something to call, found " + std::string(describe(callee)));
  Arguments arguments = evaluate(call.arguments, scope);
  currentLine = line;
  return paid(this->call(callee.function(), std::move(arguments)));
}

Value TemplateInterpreter::call(const Function &function, Arguments arguments) {
  if (function.macro) {
    arguments.callee = "macro '" + function.macro->name + "'";
    return callMacro(*function.macro, *function.scope, arguments);
  }
  arguments.callee = "'" + std::string(function.builtin->name) + "'";
  return function.builtin->apply(*this, function.object, arguments);
}

Value TemplateInterpreter::callMacro(const Macro &macro, const Scope &scope,
                                     const Arguments &arguments) {
  Level level(levels);
  const unsigned line = currentLine;
  const size_t count = macro.parameters.size();
  if (arguments.positional.size() > count)
    throw TemplateError(arguments.callee + ": expected at most " + std::to_string(count) +
                        " arguments, found " + std::to_string(arguments.positional.size()));
  for (const auto &[name, value] : arguments.named)
    if (std::ranges::find(macro.parameters, name) == macro.parameters.end())
      throw TemplateError(arguments.callee + ": no argument '" + name + "' expected");

  Scope inner(&scope);
  const size_t firstDefault = count - macro.defaults.size();
  for (size_t i = 0; i < count; ++i) {
    const std::string &name = macro.parameters[i];
    auto named = std::ranges::find(arguments.named, name, &Dict::Item::first);
    if (i < arguments.positional.size())
      inner.set(name, arguments.positional[i]);
    else if (named != arguments.named.end())
      inner.set(name, named->second);
    else
      inner.set(name, i >= firstDefault ? evaluate(*macro.defaults[i - firstDefault], inner)
                                        : Value::undefined(name));
  }
  std::string text = textOf(macro.body, inner);
  currentLine = line;
  return text;
}

Value TemplateInterpreter::applyFilter(std::string_view name, const Value &input,
                                       Arguments arguments) {
  const Builtin *filter = findFilter(name);
  if (!filter)
    throw TemplateError("no filter '" + std::string(name) + "'");
  arguments.callee = "filter '" + std::string(name) + "'";
  paid(input);
  return paid(filter->apply(*this, input, arguments));
}

bool TemplateInterpreter::applyTest(std::string_view name, const Value &input,
                                    Arguments arguments) {
  const Builtin *test = findTest(name);
  if (!test)
    throw TemplateError("no test '" + std::string(name) + "'");
  arguments.callee = "test '" + std::string(name) + "'";
  for (const Value &each : arguments.positional)
    spend(workOf(each.weight()));
  return test->apply(*this, input, arguments).truthy();
}

Value TemplateInterpreter::evaluate(const FilterCall &filter, Scope &scope) {
  const unsigned line = currentLine;
  const Value input = evaluate(*filter.input, scope);
  Arguments arguments = evaluate(filter.arguments, scope);
  currentLine = line;
  return applyFilter(filter.name, input, std::move(arguments));
}

Value TemplateInterpreter::evaluate(const TestCall &test, Scope &scope) {
  const Value input = evaluate(*test.input, scope);
  return applyTest(test.name, input, evaluate(test.arguments, scope)) != test.negated;
}

Value TemplateInterpreter::evaluate(const Unary &unary, Scope &scope) {
  return apply(unary.op, evaluate(*unary.operand, scope));
}

Value TemplateInterpreter::evaluate(const Binary &binary, Scope &scope) {
  Value left = evaluate(*binary.left, scope);
  if (binary.op == BinaryOperator::And || binary.op == BinaryOperator::Or) {
    const bool decided = left.truthy() == (binary.op == BinaryOperator::Or);
    return decided ? left : evaluate(*binary.right, scope);
  }
  const unsigned line = currentLine;
  const Value right = evaluate(*binary.right, scope);
  currentLine = line;
  return paid(apply(binary.op, left, right, *this));
}

Value TemplateInterpreter::evaluate(const Comparison &comparison, Scope &scope) {
  Value left = evaluate(*comparison.first, scope);
  for (const auto &[op, operand] : comparison.rest) {
    Value right = evaluate(*operand, scope);
    spend(workOf(right.weight()));
    if (!compare(op, left, right))
      return false;
    left = std::move(right);
  }
  return true;
}

Value TemplateInterpreter::evaluate(const Conditional &conditional, Scope &scope) {
  if (evaluate(*conditional.condition, scope).truthy())
    return evaluate(*conditional.whenTrue, scope);
  return conditional.otherwise ? evaluate(*conditional.otherwise, scope)
                               : Value::undefined("the other side of 'if'");
}

} // namespace weft::jinja
