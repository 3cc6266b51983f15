// Into values and arguments.
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/builtins/Builtins.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

void requireDefined(const Value &value) {
  if (value.isUndefined())
    throw TemplateError("'" + std::string(value.undefinedName()) + "' is undefined");
}

Value orUndefined(const Value *found, std::string_view name) {
  return found ? *found : Value::undefined(name);
}

Value loopAttribute(const Loop &loop, std::string_view name) {
  const auto index = int64_t(loop.index), count = int64_t(loop.items.size());
  if (name == "index")
    return index + 1;
  if (name == "index0")
    return index;
  if (name == "revindex")
    return count - index;
  if (name == "revindex0")
    return count - index - 1;
  if (name == "first")
    return index == 0;
  if (name == "last")
    return index + 1 == count;
  if (name == "length")
    return count;
  if (name == "depth" || name == "depth0") // counts recursive loops, which there are none of
    return int64_t(name == "depth");
  if (name == "previtem" && index > 0)
    return loop.items[loop.index - 1];
  if (name == "nextitem" && index + 1 < count)
    return loop.items[loop.index + 1];
  return Value::undefined(name);
}

/// What a cycler() gives next.
Value currentOf(const Namespace &cycler) {
  const List &items = cycler.values.find("items")->list();
  return items[size_t(cycler.values.find("position")->integer())];
}

int64_t bounded(const Value &value, const char *what) {
  if (!value.is(Kind::Integer) && !value.is(Kind::Boolean))
    throw TemplateError(std::string("expected an integer as ") + what + ", found " +
                        std::string(describe(value)));
  return value.integer();
}

/// Which of `count` places the slice takes, as Python's slice.indices().
std::vector<size_t> sliceIndices(size_t size, const Value &start, const Value &stop,
                                 const Value &step) {
  const auto count = int64_t(size);
  const int64_t stride = step.is(Kind::None) ? 1 : bounded(step, "the step of a slice");
  if (stride == 0)
    throw TemplateError("expected a step of a slice other than 0");
  const int64_t least = stride > 0 ? 0 : -1, most = stride > 0 ? count : count - 1;
  auto place = [&](const Value &value, int64_t otherwise) {
    if (value.is(Kind::None))
      return otherwise;
    const int64_t given = bounded(value, "the end of a slice");
    return std::clamp(given < 0 ? given + count : given, least, most);
  };
  const int64_t first = place(start, stride > 0 ? 0 : count - 1);
  const int64_t end = place(stop, stride > 0 ? count : -1);
  std::vector<size_t> indices;
  for (int64_t i = first; stride > 0 ? i < end : i > end;) {
    indices.push_back(size_t(i));
    if (__builtin_add_overflow(i, stride, &i))
      break;
  }
  return indices;
}

} // namespace

Value attributeOf(const Value &object, std::string_view name) {
  requireDefined(object);
  if (object.isDict())
    return orUndefined(object.dict().find(name), name);
  if (object.is(Kind::Namespace) && object.space().isCycler)
    return name == "current" ? currentOf(object.space()) : Value::undefined(name);
  if (object.is(Kind::Namespace))
    return orUndefined(object.space().values.find(name), name);
  if (object.isGroup() && (name == "grouper" || name == "list"))
    return object.list()[name == "list" ? 1 : 0];
  if (object.is(Kind::Loop))
    return loopAttribute(object.loop(), name);
  return Value::undefined(name);
}

Value subscriptOf(const Value &object, const Value &index) {
  requireDefined(object);
  if (index.isString())
    return attributeOf(object, index.string());
  if (!index.is(Kind::Integer) && !index.is(Kind::Boolean))
    return Value::undefined("item");
  const auto count = object.isString() || object.isList() ? lengthOf(object) : 0;
  const int64_t given = index.integer(), place = given < 0 ? given + count : given;
  if (place < 0 || place >= count)
    return Value::undefined("item " + std::to_string(given));
  if (object.isList())
    return object.list()[size_t(place)];
  return characters(object.string())[size_t(place)];
}

Value sliceOf(const Value &object, const Value &start, const Value &stop, const Value &step) {
  requireDefined(object);
  if (object.isString()) {
    const std::vector<std::string_view> all = characters(object.string());
    std::string text;
    for (size_t i : sliceIndices(all.size(), start, stop, step))
      text += all[i];
    return text;
  }
  if (!object.isList())
    throw TemplateError("expected a string or a list to slice, found " +
                        std::string(describe(object)));
  List items;
  for (size_t i : sliceIndices(object.list().size(), start, stop, step))
    items.push_back(object.list()[i]);
  return object.isTuple() ? Value::tuple(std::move(items)) : Value(std::move(items));
}

int64_t lengthOf(const Value &value) {
  switch (value.kind()) {
  case Kind::Undefined:
    return 0;
  case Kind::String:
    return int64_t(characters(value.string()).size());
  case Kind::List:
    return int64_t(value.list().size());
  case Kind::Dict:
    return int64_t(value.dict().size());
  default:
    throw TemplateError("expected something that has a length, found " +
                        std::string(describe(value)));
  }
}

List itemsOf(const Value &value) {
  List items;
  switch (value.kind()) {
  case Kind::Undefined:
    break;
  case Kind::String:
    for (std::string_view character : characters(value.string()))
      items.emplace_back(character);
    break;
  case Kind::List:
    return value.list();
  case Kind::Dict:
    for (const Dict::Item &item : value.dict().items())
      items.emplace_back(item.first);
    break;
  default:
    throw TemplateError("expected a list, a dict or a string to go through, found " +
                        std::string(describe(value)));
  }
  return items;
}

List bind(const Arguments &arguments, std::initializer_list<std::string_view> parameters) {
  if (arguments.positional.size() > parameters.size())
    throw TemplateError(arguments.callee + ": expected at most " +
                        std::to_string(parameters.size()) + " arguments, found " +
                        std::to_string(arguments.positional.size()));
  List bound = arguments.positional;
  bound.resize(parameters.size());
  for (const auto &[name, value] : arguments.named) {
    const auto *which = std::ranges::find(parameters, name);
    if (which == parameters.end())
      throw TemplateError(arguments.callee + ": no argument '" + name + "' expected");
    bound[size_t(which - parameters.begin())] = value;
  }
  return bound;
}

const std::string &asString(const Value &value, const Arguments &arguments) {
  requireDefined(value);
  if (!value.isString())
    throw TemplateError(arguments.callee + ": expected a string, found " +
                        std::string(describe(value)));
  return value.string();
}

int64_t asInteger(const Value &value, const Arguments &arguments) {
  requireDefined(value);
  if (!value.is(Kind::Integer) && !value.is(Kind::Boolean))
    throw TemplateError(arguments.callee + ": expected an integer, found " +
                        std::string(describe(value)));
  return value.integer();
}

int64_t asInteger(const Value &value, const Arguments &arguments, int64_t otherwise) {
  return value.isUndefined() ? otherwise : asInteger(value, arguments);
}

bool asBoolean(const Value &value, bool otherwise) {
  return value.isUndefined() ? otherwise : value.truthy();
}

const Builtin *findIn(std::span<const Builtin> table, std::string_view name) {
  auto found = std::ranges::find(table, name, &Builtin::name);
  return found == table.end() ? nullptr : &*found;
}

} // namespace weft::jinja
