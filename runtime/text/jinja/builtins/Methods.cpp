// Methods of strings, dicts, lists and loops, as in Python.
#include "runtime/text/jinja/builtins/Builtins.h"
#include "runtime/text/jinja/syntax/Characters.h"
#include "runtime/text/jinja/Interpreter.h"
#include "runtime/text/jinja/TemplateError.h"

#include <algorithm>

namespace weft::jinja {

namespace {

template <Side side> Value strip(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"chars"});
  const bool given = !bound[0].isUndefined() && !bound[0].is(Value::Kind::None);
  return stripped(
      text.string(),
      given ? std::optional<std::string_view>(asString(bound[0], arguments)) : std::nullopt, side);
}

Value splitMethod(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"sep", "maxsplit"});
  std::optional<std::string_view> separator;
  if (!bound[0].isUndefined() && !bound[0].is(Value::Kind::None))
    separator = asString(bound[0], arguments);
  if (separator && separator->empty())
    throw TemplateError(arguments.callee + ": expected a separator, found an empty string");
  List pieces;
  for (std::string_view piece : split(text.string(), separator, asInteger(bound[1], arguments, -1)))
    pieces.emplace_back(piece);
  return pieces;
}

Value splitlines(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const bool keep = asBoolean(bind(arguments, {"keepends"})[0], false);
  const std::string &all = text.string();
  List lines;
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find_first_of("\n\r", at), all.size());
    size_t next = std::min(end + 1, all.size());
    if (end + 1 < all.size() && all[end] == '\r' && all[end + 1] == '\n')
      ++next;
    lines.emplace_back(all.substr(at, (keep ? next : end) - at));
    at = next;
  }
  return lines;
}

/// Whether `matches` one of the strings of an argument: a string, or a tuple of them.
template <typename Matches>
bool anyOf(const Arguments &arguments, const char *parameter, const Matches &matches) {
  const Value given = bind(arguments, {parameter})[0];
  const List choices = given.isList() ? given.list() : List{given};
  return std::ranges::any_of(choices,
                             [&](const Value &each) { return matches(asString(each, arguments)); });
}

Value startsWith(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  return anyOf(arguments, "prefix",
               [&](const std::string &prefix) { return text.string().starts_with(prefix); });
}

Value endsWith(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  return anyOf(arguments, "suffix",
               [&](const std::string &suffix) { return text.string().ends_with(suffix); });
}

Value replaceMethod(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const List bound = bind(arguments, {"old", "new", "count"});
  const std::string &from = asString(bound[0], arguments), &to = asString(bound[1], arguments);
  const int64_t most = asInteger(bound[2], arguments, -1);
  interpreter.checkLength(text.string().size() + countOf(text.string(), from, most) * to.size());
  return replaced(text.string(), from, to, most);
}

template <std::string (*change)(std::string_view)>
Value changeCase(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  bind(arguments, {});
  return change(text.string());
}

Value title(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  bind(arguments, {});
  return titled(text.string(), false);
}

/// The place of a part in characters, or -1.
template <bool last> Value find(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const Value given = bind(arguments, {"sub"})[0];
  const std::string &all = text.string(), &part = asString(given, arguments);
  const size_t at = last ? all.rfind(part) : all.find(part);
  if (at == std::string::npos)
    return int64_t(-1);
  return int64_t(characters(std::string_view(all).substr(0, at)).size());
}

Value count(TemplateInterpreter &interpreter, const Value &object, const Arguments &arguments) {
  const Value given = bind(arguments, {"value"})[0];
  if (object.isString())
    return int64_t(countOf(object.string(), asString(given, arguments), -1));
  interpreter.spend(TemplateInterpreter::workOf(object.weight()));
  return int64_t(
      std::ranges::count_if(object.list(), [&](const Value &item) { return item == given; }));
}

Value join(TemplateInterpreter &interpreter, const Value &text, const Arguments &arguments) {
  const Value items = bind(arguments, {"iterable"})[0];
  std::string out;
  bool first = true;
  for (const Value &item : itemsOf(items)) {
    interpreter.checkLength(out.size() + text.string().size());
    if (!std::exchange(first, false))
      out += text.string();
    out += asString(item, arguments);
  }
  return out;
}

template <bool prefix>
Value removeAffix(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  const Value given = bind(arguments, {prefix ? "prefix" : "suffix"})[0];
  const std::string_view all = text.string(), affix = asString(given, arguments);
  if (prefix)
    return all.starts_with(affix) ? all.substr(affix.size()) : all;
  return all.ends_with(affix) ? all.substr(0, all.size() - affix.size()) : all;
}

Value isDigit(TemplateInterpreter &, const Value &text, const Arguments &arguments) {
  bind(arguments, {});
  return !text.string().empty() &&
         std::ranges::all_of(text.string(), [](char c) { return c >= '0' && c <= '9'; });
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
    pairs.emplace_back(List{key, value});
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

constexpr Builtin stringMethods[] = {
    {"capitalize", changeCase<capitalized>},
    {"count", count},
    {"endswith", endsWith},
    {"find", find<false>},
    {"isdigit", isDigit},
    {"join", join},
    {"lower", changeCase<lower>},
    {"lstrip", strip<Side::Left>},
    {"removeprefix", removeAffix<true>},
    {"removesuffix", removeAffix<false>},
    {"replace", replaceMethod},
    {"rfind", find<true>},
    {"rstrip", strip<Side::Right>},
    {"split", splitMethod},
    {"splitlines", splitlines},
    {"startswith", startsWith},
    {"strip", strip<Side::Both>},
    {"title", title},
    {"upper", changeCase<upper>},
};
constexpr Builtin listMethods[] = {{"copy", copy}, {"count", count}, {"index", index}};
constexpr Builtin dictMethods[] = {
    {"copy", copy}, {"get", get}, {"items", items}, {"keys", keys}, {"values", values}};
constexpr Builtin loopMethods[] = {{"cycle", cycle}};

} // namespace

const Builtin *findMethod(const Value &object, std::string_view name) {
  switch (object.kind()) {
  case Value::Kind::String:
    return findIn(stringMethods, name);
  case Value::Kind::List:
    return findIn(listMethods, name);
  case Value::Kind::Dict:
    return findIn(dictMethods, name);
  case Value::Kind::Loop:
    return findIn(loopMethods, name);
  default:
    return nullptr;
  }
}

} // namespace weft::jinja
