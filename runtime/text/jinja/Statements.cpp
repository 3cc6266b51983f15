#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/syntax/Level.h"

namespace weft::jinja {

const Value *Scope::find(std::string_view name) const {
  for (const Scope *scope = this; scope; scope = scope->outer)
    if (auto found = scope->values.find(name); found != scope->values.end())
      return &found->second;
  return nullptr;
}

void Scope::set(std::string_view name, Value value) {
  values.insert_or_assign(std::string(name), std::move(value));
}

void TemplateInterpreter::spend(uint64_t work) {
  spent += std::min(work, options.work);
  if (spent > options.work)
    throw TemplateError("the template takes too long");
}

void TemplateInterpreter::checkLength(uint64_t bytes) const {
  if (bytes > options.longestText)
    throw TemplateError("expected texts of at most " + std::to_string(options.longestText) +
                        " bytes, found more");
}

std::time_t TemplateInterpreter::now() const {
  return options.now == std::time_t(-1) ? std::time(nullptr) : options.now;
}

void TemplateInterpreter::write(std::string_view text) {
  checkLength(out->size() + text.size());
  spend(workOf(text.size()));
  *out += text;
}

std::string TemplateInterpreter::run(const Body &body, const Dict &variables) {
  Scope scope(nullptr);
  for (const auto &[name, value] : variables.items())
    scope.set(name, value);
  return textOf(body, scope);
}

std::string TemplateInterpreter::textOf(const Body &body, Scope &scope) {
  std::string text;
  std::string *outside = std::exchange(out, &text);
  execute(body, scope);
  out = outside;
  return text;
}

std::string TemplateInterpreter::filtered(std::string text, const std::vector<FilterCall> &filters,
                                          Scope &scope) {
  Value value(std::move(text));
  for (const FilterCall &filter : filters)
    value = applyFilter(filter.name, value, evaluate(filter.arguments, scope));
  return toText(value);
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const Body &body, Scope &scope) {
  Level level(levels);
  for (const Statement &statement : body) {
    currentLine = statement.line;
    const Flow flow =
        std::visit([&](const auto &node) { return execute(node, scope); }, statement.node);
    if (flow != Flow::Normal)
      return flow;
  }
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const TextOutput &text, Scope &) {
  write(text.text);
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const Output &output, Scope &scope) {
  const Value value = evaluate(*output.value, scope);
  if (value.isString())
    write(value.string());
  else
    write(toText(value));
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const If &choice, Scope &scope) {
  for (const auto &[condition, body] : choice.branches)
    if (evaluate(*condition, scope).truthy())
      return execute(body, scope);
  return execute(choice.otherwise, scope);
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const For &statement, Scope &scope) {
  List items = itemsOf(evaluate(*statement.items, scope));
  spend(items.size());
  if (statement.condition)
    std::erase_if(items, [&](const Value &item) {
      Scope inner(&scope);
      assignEach(statement.targets, item, inner);
      return !evaluate(*statement.condition, inner).truthy();
    });
  if (items.empty())
    return execute(statement.otherwise, scope);

  auto loop = std::make_shared<Loop>(Loop{std::move(items), 0});
  for (; loop->index < loop->items.size(); ++loop->index) {
    spend(1);
    Scope inner(&scope);
    inner.set("loop", std::shared_ptr<const Loop>(loop));
    assignEach(statement.targets, loop->items[loop->index], inner);
    if (execute(statement.body, inner) == Flow::Break)
      break;
  }
  return Flow::Normal;
}

void TemplateInterpreter::assignEach(const std::vector<std::string> &names, const Value &item,
                                     Scope &scope) {
  if (names.size() == 1)
    return scope.set(names.front(), item);
  const List parts = itemsOf(item);
  if (parts.size() != names.size())
    throw TemplateError("expected " + std::to_string(names.size()) +
                        " values to take apart, found " + std::to_string(parts.size()));
  for (size_t i = 0; i < names.size(); ++i)
    scope.set(names[i], parts[i]);
}

void TemplateInterpreter::assign(const Target &target, Value value, Scope &scope) {
  if (target.attribute.empty())
    return scope.set(target.name, std::move(value));
  const Value *object = scope.find(target.name);
  if (!object || !object->is(Value::Kind::Namespace))
    throw TemplateError("expected '" + target.name + "' to be a namespace, found " +
                        std::string(describe(object ? *object : Value())));
  if (!fitsInContainer(value))
    throw TemplateError("expected a value for '" + target.name + "." + target.attribute +
                        "', found " + std::string(describe(value)));
  object->space().values.set(target.attribute, std::move(value));
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const Set &set, Scope &scope) {
  Value value = evaluate(*set.value, scope);
  if (set.targets.size() == 1) {
    assign(set.targets.front(), std::move(value), scope);
    return Flow::Normal;
  }
  const List parts = itemsOf(value);
  if (parts.size() != set.targets.size())
    throw TemplateError("expected " + std::to_string(set.targets.size()) +
                        " values to set, found " + std::to_string(parts.size()));
  for (size_t i = 0; i < parts.size(); ++i)
    assign(set.targets[i], parts[i], scope);
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const SetBlock &set, Scope &scope) {
  Scope inner(&scope);
  assign(set.target, filtered(textOf(set.body, inner), set.filters, inner), scope);
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const FilterBlock &block, Scope &scope) {
  Scope inner(&scope);
  write(filtered(textOf(block.body, inner), block.filters, inner));
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const Macro &macro, Scope &scope) {
  scope.set(macro.name,
            std::make_shared<const Function>(Function{&macro, &scope, nullptr, Value()}));
  return Flow::Normal;
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const With &with, Scope &scope) {
  Scope inner(&scope);
  for (const auto &[name, value] : with.values)
    inner.set(name, evaluate(*value, scope)); // as they are outside, not one after another
  return execute(with.body, inner);
}

TemplateInterpreter::Flow TemplateInterpreter::execute(const Group &group, Scope &scope) {
  Scope inner(&scope); // a CallBlock in transformers: what is set inside stays inside
  return execute(group.body, inner);
}

} // namespace weft::jinja
