// Arrays and objects of SchemaTranslator.
#include "runtime/constrain/schema/SchemaTranslator.h"

#include <algorithm>

namespace weft::constrain {

Result<ExprId> SchemaTranslator::array(const Conjunction &all) {
  auto least = all.count("minItems", true), most = all.count("maxItems", false);
  if (!least || !most)
    return failFrom(least ? most : least);
  // Of each part the first elements and those behind them; drafts before 2020-12 wrote both as
  // "items" and "additionalItems".
  struct Items {
    std::vector<Schema> first;
    std::optional<Schema> rest;
  };
  std::vector<Items> parts;
  size_t firsts = 0;
  for (const Schema &part : all.parts) {
    const Conjunction one = {{part}};
    Items items;
    auto prefix = one.all("prefixItems"), rest = one.all("items");
    if (prefix.empty() && !rest.empty() && rest[0].element.is_array()) {
      prefix = rest;
      rest = one.all("additionalItems");
    }
    if (!prefix.empty()) {
      if (!prefix[0].element.is_array())
        return schemaError(prefix[0].pointer, "expected an array of schemas");
      size_t index = 0;
      for (JsonElement each : simdjson::dom::array(prefix[0].element))
        items.first.push_back({each, below(prefix[0].pointer, std::to_string(index++))});
    }
    if (!rest.empty())
      items.rest = rest[0];
    firsts = std::max(firsts, items.first.size());
    parts.push_back(std::move(items));
  }

  // What element `index` has to be; empty parts: anything; none: there is no such element.
  auto schemasAt = [&](size_t index) -> std::optional<Conjunction> {
    Conjunction schemas;
    for (const Items &items : parts) {
      const Schema *one = index < items.first.size() ? &items.first[index]
                          : items.rest               ? &*items.rest
                                                     : nullptr;
      if (one && one->element.is_bool() && !bool(one->element))
        return std::nullopt;
      if (one && !one->element.is_bool())
        schemas.parts.push_back(*one);
    }
    return schemas;
  };
  uint32_t minimum = least->value_or(0), maximum = most->value_or(unbounded);
  std::vector<ExprId> elements;
  std::optional<ExprId> repeated;
  for (size_t index = 0; index <= firsts && index < maximum; ++index) {
    auto schemas = schemasAt(index);
    if (!schemas) {
      maximum = uint32_t(index);
      break;
    }
    auto element = schemas->parts.empty() ? Result<ExprId>(json.anyValue())
                                          : value(std::move(*schemas));
    if (!element)
      return element;
    if (index < firsts)
      elements.push_back(*element);
    else
      repeated = *element;
  }
  if (minimum > maximum)
    return schemaError(all.pointer(), "no array has a number of elements within the bounds");

  // From the back: what may follow the first `index` elements.
  auto separated = [&](size_t index, ExprId element) {
    return index == 0 ? element : grammar.sequence({json.comma(), element});
  };
  ExprId content = grammar.sequence({});
  const auto count = uint32_t(elements.size());
  if (repeated) {
    const uint32_t fewest = minimum > count ? minimum - count : 0;
    const uint32_t more = maximum == unbounded ? unbounded : maximum - count;
    const ExprId next = grammar.sequence({json.comma(), *repeated});
    if (count > 0 || more == 0)
      content = grammar.repeat(next, fewest, more);
    else
      content = grammar.repeat(
          grammar.sequence({*repeated, grammar.repeat(next, fewest ? fewest - 1 : 0,
                                                      more == unbounded ? more : more - 1)}),
          fewest ? 1 : 0, 1);
  }
  for (size_t index = elements.size(); index-- > 0;) {
    content = grammar.sequence({separated(index, elements[index]), content});
    if (index >= minimum)
      content = grammar.optional(content);
  }
  return json.bracketed("[", content, "]");
}

namespace {

/// Longest name of a property: names that other keys must not have nest as deep as they are long.
constexpr size_t mostNameBytes = 1000;

} // namespace

struct SchemaTranslator::Members {
  struct Member {
    std::string name;
    ExprId expr;
    bool isRequired;
  };
  std::vector<Member> named;
  std::vector<std::string> names; ///< of all properties, those left out included
  std::optional<ExprId> other;    ///< any further member
};

Result<SchemaTranslator::Members> SchemaTranslator::members(const Conjunction &all) {
  Members members;
  std::vector<std::string> required;
  for (const Schema &list : all.all("required")) {
    if (!list.element.is_array())
      return schemaError(list.pointer, "expected an array of names");
    for (JsonElement each : simdjson::dom::array(list.element)) {
      std::string_view name;
      if (each.get_string().get(name))
        return schemaError(list.pointer, "expected an array of names");
      required.emplace_back(name);
    }
  }
  std::set<std::string_view> seen;
  auto addName = [&](const std::string &name) {
    if (std::ranges::find(members.names, name) == members.names.end())
      members.names.push_back(name);
  };
  for (const Schema &properties : all.all("properties")) {
    if (!properties.element.is_object())
      return schemaError(properties.pointer, "expected an object of schemas");
    for (auto [name, schema] : simdjson::dom::object(properties.element))
      if (seen.insert(name).second)
        addName(std::string(name));
  }
  for (const std::string &name : required)
    addName(name);

  // Whether each part knows the name decides what the part says of it.
  auto schemasOf = [&](const std::string *name) -> std::optional<Conjunction> {
    Conjunction schemas;
    for (const Schema &part : all.parts) {
      if (!part.element.is_object())
        continue;
      JsonElement properties, schema;
      const bool knows = name && !part.element["properties"].get(properties) &&
                         !properties[*name].get(schema);
      std::string pointer =
          knows ? below(below(part.pointer, "properties"), *name)
                : below(part.pointer, "additionalProperties");
      if (!knows && part.element["additionalProperties"].get(schema))
        continue;
      if (schema.is_bool() && !bool(schema))
        return std::nullopt;
      if (!schema.is_bool())
        schemas.parts.push_back({schema, std::move(pointer)});
    }
    return schemas;
  };
  auto valueOf = [&](Conjunction schemas) -> Result<ExprId> {
    return schemas.parts.empty() ? Result<ExprId>(json.anyValue()) : value(std::move(schemas));
  };
  for (const std::string &name : members.names) {
    const bool isRequired = std::ranges::find(required, name) != required.end();
    auto schemas = schemasOf(&name);
    if (!schemas && isRequired)
      return schemaError(all.pointer(), "the property \"" + name + "\" is required and not allowed");
    if (!schemas)
      continue;
    auto value = valueOf(std::move(*schemas));
    if (!value)
      return failFrom(value);
    if (name.size() > mostNameBytes)
      return schemaError(all.pointer(), "expected names of at most " +
                                            std::to_string(mostNameBytes) + " bytes, found one of " +
                                            std::to_string(name.size()));
    members.named.push_back({name, json.member(json.quotedText(name), *value), isRequired});
  }
  // Properties without a word about further ones: no further ones.
  if (all.has("additionalProperties") || !all.has("properties"))
    if (auto schemas = schemasOf(nullptr)) {
      auto value = valueOf(std::move(*schemas));
      if (!value)
        return failFrom(value);
      members.other = json.member(json.keyExcept(members.names), *value);
    }
  return members;
}

/// The named members in their order, optional ones left out or not, commas between, then
/// `more`, which begins with a comma where it has anything. A rule says what may follow member
/// i; a text begins with one of the members up to the first required one.
ExprId SchemaTranslator::inOrder(const Members &members, ExprId more) {
  const auto &named = members.named;
  const size_t firstRequired = size_t(
      std::ranges::find_if(named, [](const auto &member) { return member.isRequired; }) -
      named.begin());
  std::vector<ExprId> following(named.size() + 1, more);
  for (size_t i = named.size(); i-- > 0;) {
    const ExprId next = grammar.sequence({json.comma(), named[i].expr});
    following[i] = grammar.sequence(
        {named[i].isRequired ? next : grammar.optional(next), following[i + 1]});
    if (i <= firstRequired) { // used by the one before and by a text that begins there
      const RuleId rule = grammar.newRule("from-" + named[i].name);
      grammar.define(rule, following[i]);
      following[i] = grammar.call(rule);
    }
  }
  std::vector<ExprId> ways;
  for (size_t i = 0; i < named.size() && i <= firstRequired; ++i)
    ways.push_back(grammar.sequence({named[i].expr, following[i + 1]}));
  return grammar.choice(std::move(ways));
}

Result<ExprId> SchemaTranslator::object(const Conjunction &all) {
  auto least = all.count("minProperties", true), most = all.count("maxProperties", false);
  if (!least || !most)
    return failFrom(least ? most : least);
  auto found = members(all);
  if (!found)
    return failFrom(found);
  const Members &members = *found;
  const auto required = size_t(std::ranges::count_if(
      members.named, [](const auto &member) { return member.isRequired; }));
  uint32_t minimum = least->value_or(0), maximum = most->value_or(unbounded);
  if (!members.named.empty()) {
    if (minimum <= required)
      minimum = 0;
    if (!members.other && maximum >= members.named.size())
      maximum = unbounded;
    if (minimum != 0 || maximum != unbounded)
      return schemaError(all.pointer(), "\"minProperties\" and \"maxProperties\" are supported only "
                                        "where no property is named");
  }
  if (minimum > maximum || (minimum > 0 && !members.other && members.named.empty()))
    return schemaError(all.pointer(), "no object has a number of properties within the bounds");

  ExprId content = grammar.sequence({});
  ExprId more = content;
  if (members.other) {
    const ExprId next = grammar.sequence({json.comma(), *members.other});
    more = grammar.repeat(next, 0, unbounded);
    if (maximum > 0)
      content = grammar.repeat(
          grammar.sequence({*members.other,
                            grammar.repeat(next, minimum ? minimum - 1 : 0,
                                           maximum == unbounded ? maximum : maximum - 1)}),
          minimum ? 1 : 0, 1);
  }
  if (!members.named.empty()) {
    const ExprId inOrder = this->inOrder(members, more);
    content = required ? inOrder : grammar.choice({inOrder, content});
  }
  return json.bracketed("{", content, "}");
}

} // namespace weft::constrain
