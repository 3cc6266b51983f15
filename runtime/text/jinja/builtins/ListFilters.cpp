#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/Operators.h"
#include "runtime/text/jinja/TemplateError.h"
#include "runtime/text/jinja/ValueText.h"
#include "runtime/text/jinja/builtins/Filters.h"
#include "runtime/text/jinja/syntax/Characters.h"

#include <algorithm>
#include <map>

namespace weft::jinja {

namespace {

using Kind = Value::Kind;

/// What a dotted path ("function.name") or an index leads to.
Value reach(const Value &item, const Value &path, const Arguments &arguments) {
  if (path.is(Kind::Integer))
    return subscriptOf(item, path);
  Value value = item;
  for (std::string_view name : split(asString(path, arguments), ".", -1))
    value = attributeOf(value, name);
  return value;
}

/// The item itself where no attribute was given; texts in lower case unless
/// they count as they are.
Value sortKey(const Value &item, const Value &attribute, bool caseSensitive,
              const Arguments &arguments) {
  const bool whole = attribute.isUndefined() || attribute.is(Kind::None);
  Value key = whole ? item : reach(item, attribute, arguments);
  return key.isString() && !caseSensitive ? Value(lower(key.string())) : key;
}

Value first(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  const List items = itemsOf(input);
  return items.empty() ? Value::undefined("first item") : items.front();
}

Value last(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  const List items = itemsOf(input);
  return items.empty() ? Value::undefined("last item") : items.back();
}

Value length(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return lengthOf(input);
}

Value toList(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  return itemsOf(input);
}

Value items(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  List pairs;
  if (input.isUndefined())
    return pairs;
  if (!input.isDict())
    throw TemplateError(arguments.callee + ": expected a dict, found " +
                        std::string(describe(input)));
  for (const auto &[key, value] : input.dict().items())
    pairs.push_back(Value::tuple({key, value}));
  return pairs;
}

Value join(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"d", "attribute"});
  const std::string between = toText(bound[0]);
  std::string out;
  bool isFirst = true;
  for (const Value &item : itemsOf(input)) {
    if (!std::exchange(isFirst, false))
      out += between;
    out += toText(bound[1].isUndefined() ? item : reach(item, bound[1], arguments));
    interpreter.checkLength(out.size());
  }
  return out;
}

Value reverse(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  bind(arguments, {});
  List items = itemsOf(input);
  std::ranges::reverse(items);
  if (!input.isString())
    return items;
  std::string text;
  for (const Value &item : items)
    text += item.string();
  return text;
}

/// Equal keys keep their order. A tree stays sound whatever order floats such
/// as NaN make.
List sorted(TemplateInterpreter &interpreter, const List &items, const Value &attribute,
            bool caseSensitive, bool reverse, const Arguments &arguments) {
  auto isBefore = [&](const Value &a, const Value &b) {
    interpreter.spend(TemplateInterpreter::workOf(a.weight()));
    return reverse ? isLess(b, a) : isLess(a, b);
  };
  std::multimap<Value, Value, decltype(isBefore)> byKey(isBefore);
  for (const Value &item : items)
    byKey.emplace(sortKey(item, attribute, caseSensitive, arguments), item);
  List result;
  for (const auto &[key, item] : byKey)
    result.push_back(item);
  return result;
}

Value sort(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"reverse", "case_sensitive", "attribute"});
  return sorted(interpreter, itemsOf(input), bound[2], asBoolean(bound[1], false),
                asBoolean(bound[0], false), arguments);
}

Value dictsort(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"case_sensitive", "by", "reverse"});
  const bool byValue = !bound[1].isUndefined() && asString(bound[1], arguments) == "value";
  const Value pairs = items(interpreter, input, {arguments.callee, {}, {}});
  return sorted(interpreter, pairs.list(), int64_t(byValue), asBoolean(bound[0], false),
                asBoolean(bound[2], false), arguments);
}

template <bool largest>
Value extreme(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"case_sensitive", "attribute"});
  const bool caseSensitive = asBoolean(bound[0], false);
  const List items = itemsOf(input);
  Value best = Value::undefined("item"), bestKey;
  for (const Value &item : items) {
    const Value key = sortKey(item, bound[1], caseSensitive, arguments);
    if (best.isUndefined() || (largest ? isLess(bestKey, key) : isLess(key, bestKey))) {
      best = item;
      bestKey = key;
    }
  }
  return best;
}

Value sum(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"attribute", "start"});
  Value total = bound[1].isUndefined() ? Value(int64_t(0)) : bound[1];
  for (const Value &item : itemsOf(input)) {
    const bool whole = bound[0].isUndefined() || bound[0].is(Kind::None);
    total = apply(BinaryOperator::Add, total, whole ? item : reach(item, bound[0], arguments),
                  interpreter);
    interpreter.spend(total.isList() ? total.list().size() : 1);
  }
  return total;
}

Value unique(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"case_sensitive", "attribute"});
  List keys, kept;
  for (const Value &item : itemsOf(input)) {
    const Value key = sortKey(item, bound[1], asBoolean(bound[0], false), arguments);
    interpreter.spend(keys.size() * TemplateInterpreter::workOf(key.weight()));
    if (std::ranges::any_of(keys, [&](const Value &each) { return each == key; }))
      continue;
    keys.push_back(key);
    kept.push_back(item);
  }
  return kept;
}

/// Groups by falling together of what an attribute leads to, ordered by it.
Value groupby(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  const List bound = bind(arguments, {"attribute", "default", "case_sensitive"});
  const bool caseSensitive = asBoolean(bound[2], false);
  List keyed;
  for (const Value &item : itemsOf(input)) {
    Value key = reach(item, bound[0], arguments);
    if (key.isUndefined())
      key = bound[1];
    keyed.push_back(Value::tuple({std::move(key), item}));
  }
  List groups, members;
  Value first, last;
  auto finish = [&] {
    if (!members.empty())
      groups.push_back(Value::group(first, std::exchange(members, {})));
  };
  for (const Value &pair :
       sorted(interpreter, keyed, int64_t(0), caseSensitive, false, arguments)) {
    const Value key = sortKey(pair, int64_t(0), caseSensitive, arguments);
    if (members.empty() || !(key == last)) {
      finish();
      first = pair.list()[0];
      last = key;
    }
    members.push_back(pair.list()[1]);
  }
  finish();
  return groups;
}

/// An attribute, and never an item of a dict.
Value attribute(TemplateInterpreter &, const Value &input, const Arguments &arguments) {
  const Value name = bind(arguments, {"name"})[0];
  return input.isDict() ? Value::undefined(asString(name, arguments))
                        : attributeOf(input, asString(name, arguments));
}

/// The first of the positional arguments, and the others as arguments of their
/// own.
Value takeFirst(Arguments &arguments, const char *what) {
  if (arguments.positional.empty())
    throw TemplateError(arguments.callee + ": expected " + what);
  Value first = arguments.positional.front();
  arguments.positional.erase(arguments.positional.begin());
  return first;
}

Value map(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  List results;
  if (!arguments.named.empty() && arguments.positional.empty()) {
    const List bound = bind(arguments, {"attribute", "default"});
    for (const Value &item : itemsOf(input)) {
      Value value = reach(item, bound[0], arguments);
      results.push_back(value.isUndefined() ? bound[1] : value);
    }
    return results;
  }
  Arguments rest = arguments;
  const Value filter = takeFirst(rest, "the name of a filter, or attribute=");
  for (const Value &item : itemsOf(input))
    results.push_back(interpreter.applyFilter(asString(filter, arguments), item, rest));
  return results;
}

/// Items for which a test (or, without one, their truth) comes out as `wanted`;
/// with `byAttribute`, of what the first argument names in them.
template <bool wanted, bool byAttribute>
Value select(TemplateInterpreter &interpreter, const Value &input, const Arguments &arguments) {
  Arguments rest = arguments;
  const Value attribute = byAttribute ? takeFirst(rest, "the name of an attribute") : Value();
  const Value test = rest.positional.empty() ? Value() : takeFirst(rest, "a test");
  List kept;
  for (const Value &item : itemsOf(input)) {
    const Value value = byAttribute ? reach(item, attribute, arguments) : item;
    interpreter.spend(1);
    const bool passes = test.isUndefined()
                            ? value.truthy()
                            : interpreter.applyTest(asString(test, arguments), value, rest);
    if (passes == wanted)
      kept.push_back(item);
  }
  return kept;
}

constexpr Builtin filters[] = {
    {"attr", attribute},
    {"count", length},
    {"dictsort", dictsort},
    {"first", first},
    {"groupby", groupby},
    {"items", items},
    {"join", join},
    {"last", last},
    {"length", length},
    {"list", toList},
    {"map", map},
    {"max", extreme<true>},
    {"min", extreme<false>},
    {"reject", select<false, false>},
    {"rejectattr", select<false, true>},
    {"reverse", reverse},
    {"select", select<true, false>},
    {"selectattr", select<true, true>},
    {"sort", sort},
    {"sum", sum},
    {"unique", unique},
};

} // namespace

std::span<const Builtin> listFilters() { return filters; }

const Builtin *findFilter(std::string_view name) {
  for (const auto &table : {textFilters(), listFilters(), layoutFilters(), markupFilters()})
    if (const Builtin *found = findIn(table, name))
      return found;
  return nullptr;
}

} // namespace weft::jinja
