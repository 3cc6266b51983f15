// Methods of dicts, lists and loops, as in Python; StringMethods.cpp has those
// of strings.
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/builtins/Builtins.h"

#include <algorithm>

namespace weft::jinja {

namespace {

Value count(TemplateInterpreter &interpreter, const Value &list, const Arguments &arguments) {
  const Value given = bind(arguments, {"value"})[0];
  interpreter.spend(TemplateInterpreter::workOf(list.weight()));
  return int64_t(
      std::ranges::count_if(list.list(), [&](const Value &item) { return item == given; }));
}

Value index(TemplateInterpreter &interpreter, const Value &list, const Arguments &arguments) {
  const Value given = bind(arguments, {"value"})[0];
  interpreter.spend(TemplateInterpreter::workOf(list.weight()));
  auto found = std::ranges::find_if(list.list(), [&](const Value &item) { return item == given; });
  if (found == list.list().end())
    throw TemplateError(arguments.callee + ": the value is not in the list");
  return int64_t(found - list.list().begin());
}

Value get(TemplateInterpreter &, const Value &dict, const Arguments &arguments) {
  const List bound = bind(arguments, {"key", "default"});
  const Value *found = bound[0].isString() ? dict.dict().find(bound[0].string()) : nullptr;
  return found ? *found : bound[1].isUndefined() ? Value::none() : bound[1];
}

Value items(TemplateInterpreter &, const Value &dict, const Arguments &arguments) {
  bind(arguments, {});
  List pairs;
  for (const auto &[key, value] : dict.dict().items())
    pairs.push_back(Value::tuple({key, value}));
  return pairs;
}

Value keys(TemplateInterpreter &, const Value &dict, const Arguments &arguments) {
  bind(arguments, {});
  return itemsOf(dict);
}

Value values(TemplateInterpreter &, const Value &dict, const Arguments &arguments) {
  bind(arguments, {});
  List all;
  for (const Dict::Item &item : dict.dict().items())
    all.push_back(item.second);
  return all;
}

Value copy(TemplateInterpreter &, const Value &object, const Arguments &arguments) {
  bind(arguments, {});
  return object;
}

Value cycle(TemplateInterpreter &, const Value &loop, const Arguments &arguments) {
  if (arguments.positional.empty())
    throw TemplateError(arguments.callee + ": expected values to cycle through");
  return arguments.positional[loop.loop().index % arguments.positional.size()];
}

/// Whether the values are others than the last time.
Value changed(TemplateInterpreter &, const Value &loop, const Arguments &arguments) {
  const Value now = Value::tuple(arguments.positional);
  std::optional<Value> &last = loop.loop().lastChecked;
  const bool differs = !last || !(*last == now);
  last = now;
  return differs;
}

template <bool toStart>
Value turn(TemplateInterpreter &, const Value &cycler, const Arguments &arguments) {
  bind(arguments, {});
  Dict &values = cycler.space().values;
  const Value items = *values.find("items");
  const int64_t position = toStart ? 0 : values.find("position")->integer();
  const int64_t next = toStart ? 0 : (position + 1) % int64_t(items.list().size());
  values.set("position", next);
  return toStart ? Value::none() : items.list()[size_t(position)];
}

constexpr Builtin listMethods[] = {{"copy", copy}, {"count", count}, {"index", index}};
constexpr Builtin dictMethods[] = {
    {"copy", copy}, {"get", get}, {"items", items}, {"keys", keys}, {"values", values}};
constexpr Builtin loopMethods[] = {{"changed", changed}, {"cycle", cycle}};
constexpr Builtin cyclerMethods[] = {{"next", turn<false>}, {"reset", turn<true>}};

} // namespace

const Builtin *findMethod(const Value &object, std::string_view name) {
  switch (object.kind()) {
  case Value::Kind::String:
    return findIn(stringMethods(), name);
  case Value::Kind::List:
    return findIn(listMethods, name);
  case Value::Kind::Dict:
    return findIn(dictMethods, name);
  case Value::Kind::Loop:
    return findIn(loopMethods, name);
  case Value::Kind::Namespace:
    return object.space().isCycler ? findIn(cyclerMethods, name) : nullptr;
  default:
    return nullptr;
  }
}

} // namespace weft::jinja
