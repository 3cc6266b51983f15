// Keywords that let one or another schema hold: how SchemaTranslator takes them apart.
#include "runtime/constrain/schema/Negation.h"
#include "runtime/constrain/schema/SchemaTranslator.h"

#include <algorithm>
#include <array>

namespace weft::constrain {

namespace {

/// In the order in which they are taken apart; each has a bit in Schema::done.
constexpr std::array<std::string_view, 7> splitting = {
    "dependentRequired", "dependentSchemas", "dependencies", "anyOf", "oneOf", "if", "not"};

std::string textOf(JsonElement element) { return std::string(simdjson::minify(element)); }

std::string quoted(std::string_view name) {
  std::string out = "\"";
  constexpr char hex[] = "0123456789abcdef";
  for (char c : name) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (uint8_t(c) < 0x20)
      out += std::string("\\u00") + hex[uint8_t(c) >> 4] + hex[c & 15];
    else
      out += c;
  }
  return out + "\"";
}

} // namespace

/// The ways of the first keyword that is not taken care of, of `part`; nullopt: there is none.
Result<std::optional<SchemaTranslator::Ways>> SchemaTranslator::split(Conjunction &all,
                                                                      size_t &part) {
  for (size_t keyword = 0; keyword < splitting.size(); ++keyword)
    for (part = 0; part < all.parts.size(); ++part) {
      Schema &owner = all.parts[part];
      JsonElement value;
      const uint32_t bit = uint32_t(1) << keyword;
      if (!owner.element.is_object() || (owner.done & bit) ||
          owner.element[splitting[keyword]].get(value))
        continue;
      owner.done |= bit;
      auto ways = waysOf(owner, splitting[keyword], value);
      if (!ways)
        return failFrom(ways);
      return std::optional(std::move(*ways));
    }
  return std::nullopt;
}

Result<SchemaTranslator::Ways>
SchemaTranslator::waysOf(const Schema &owner, std::string_view keyword, JsonElement value) {
  const std::string pointer = below(owner.pointer, keyword);
  // A part of a schema that was made is one, too.
  auto inside = [&](JsonElement element, const std::string &at) -> Result<Schema> {
    if (owner.text.empty())
      return Schema{.element = element, .pointer = at};
    return made(textOf(element), at, owner.isNegated);
  };
  auto opposite = [&](JsonElement element, const std::string &at) -> Result<Ways> {
    auto texts = inverseOf({.element = element, .pointer = at}, references);
    if (!texts)
      return failFrom(texts);
    if (texts->empty())
      nothing(at, "nothing is not accepted by it");
    Ways ways;
    for (const std::string &text : *texts) {
      auto one = made(text, at, true);
      if (!one)
        return failFrom(one);
      ways.push_back({*one});
    }
    return ways;
  };
  if (keyword == "not")
    return opposite(value, pointer);
  if (keyword == "if") {
    Ways ways;
    auto holds = inside(value, pointer);
    auto other = opposite(value, pointer);
    if (!holds || !other)
      return holds ? failFrom(other) : failFrom(holds);
    auto with = [&](std::vector<Schema> way, std::string_view branch) -> Result<void> {
      if (JsonElement following; !owner.element[branch].get(following)) {
        auto schema = inside(following, below(owner.pointer, branch));
        if (!schema)
          return failFrom(schema);
        way.push_back(*schema);
      }
      ways.push_back(std::move(way));
      return {};
    };
    if (auto done = with({*holds}, "then"); !done)
      return failFrom(done);
    for (const std::vector<Schema> &way : *other)
      if (auto done = with(way, "else"); !done)
        return failFrom(done);
    return ways;
  }
  if (keyword != "anyOf" && keyword != "oneOf")
    return dependencies(pointer, keyword, value);
  simdjson::dom::array list;
  if (value.get_array().get(list) || list.size() == 0)
    return schemaError(pointer, "expected an array of at least one schema");
  std::vector<Schema> branches;
  for (JsonElement each : list) {
    auto one = inside(each, below(pointer, std::to_string(branches.size())));
    if (!one)
      return failFrom(one);
    branches.push_back(*one);
  }
  if (keyword == "oneOf")
    return oneOf(pointer, branches);
  Ways ways;
  for (const Schema &branch : branches)
    ways.push_back({branch});
  return ways;
}

/// Each branch without those that may accept the same.
Result<SchemaTranslator::Ways> SchemaTranslator::oneOf(const std::string &pointer,
                                                       const std::vector<Schema> &branches) {
  Ways ways;
  for (size_t i = 0; i < branches.size(); ++i) {
    std::vector<Schema> way = {branches[i]};
    for (size_t k = 0; k < branches.size(); ++k) {
      if (k == i)
        continue;
      auto disjoint = areDisjoint(branches[i], branches[k], 0);
      if (!disjoint)
        return failFrom(disjoint);
      if (*disjoint)
        continue;
      auto other = made("{\"not\":" + textOf(branches[k].element) + "}",
                        below(pointer, std::to_string(k)), true);
      if (!other)
        return failFrom(other);
      way.push_back(*other);
    }
    ways.push_back(std::move(way));
  }
  return ways;
}

/// For each name: it is absent, or what depends on it holds.
Result<SchemaTranslator::Ways> SchemaTranslator::dependencies(const std::string &pointer,
                                                              std::string_view keyword,
                                                              JsonElement value) {
  if (!value.is_object())
    return schemaError(pointer, "expected an object");
  std::vector<Schema> holding;
  for (auto [name, dependent] : simdjson::dom::object(value)) {
    if (keyword != "dependentRequired" && !dependent.is_array() && !dependent.is_object() &&
        !dependent.is_bool())
      return schemaError(below(pointer, name), "expected a schema or an array of names");
    if (keyword == "dependentRequired" && !dependent.is_array())
      return schemaError(below(pointer, name), "expected an array of names");
    const std::string needs =
        dependent.is_array() ? "{\"required\":" + textOf(dependent) + "}" : textOf(dependent);
    auto one = made("{\"anyOf\":[{\"weft:absent\":" + quoted(name) +
                        "},{\"allOf\":[{\"required\":[" + quoted(name) + "]}," + needs + "]}]}",
                    below(pointer, name), false);
    if (!one)
      return failFrom(one);
    holding.push_back(*one);
  }
  return Ways{holding};
}

/// Whether two schemas surely accept no common value. False says nothing.
Result<bool> SchemaTranslator::areDisjoint(Schema a, Schema b, unsigned nesting) {
  if (nesting > 4)
    return false;
  for (Schema *each : {&a, &b})
    if (auto found = target(*each); !found)
      return failFrom(found);
  if (!a.element.is_object() || !b.element.is_object())
    return (a.element.is_bool() && !bool(a.element)) || (b.element.is_bool() && !bool(b.element));
  auto types = [](const Schema &schema) { return Conjunction{{schema}}.types(); };
  auto typesOfA = types(a), typesOfB = types(b);
  if (!typesOfA || !typesOfB)
    return failFrom(typesOfA ? typesOfB : typesOfA);
  if (std::ranges::none_of(*typesOfA,
                           [&](const std::string &type) { return typesOfB->contains(type); }))
    return true;
  auto valuesOf = [](const Schema &schema, std::vector<JsonElement> &values) {
    JsonElement said;
    if (!schema.element["const"].get(said)) {
      values.push_back(said);
      return true;
    }
    if (schema.element["enum"].get(said) || !said.is_array())
      return false;
    for (JsonElement each : simdjson::dom::array(said))
      values.push_back(each);
    return true;
  };
  std::vector<JsonElement> valuesOfA, valuesOfB;
  if (valuesOf(a, valuesOfA) && valuesOf(b, valuesOfB))
    return std::ranges::none_of(valuesOfA, [&](JsonElement x) {
      return std::ranges::any_of(valuesOfB, [&](JsonElement y) { return isEqual(x, y); });
    });
  // Objects that both need a property which cannot be both.
  if (*typesOfA != std::set<std::string>{"object"} || *typesOfB != std::set<std::string>{"object"})
    return false;
  auto requires_ = [](const Schema &schema, std::string_view name) {
    JsonElement list;
    return !schema.element["required"].get(list) && list.is_array() &&
           std::ranges::any_of(simdjson::dom::array(list), [&](JsonElement each) {
             std::string_view text;
             return !each.get_string().get(text) && text == name;
           });
  };
  JsonElement properties;
  if (a.element["properties"].get(properties) || !properties.is_object())
    return false;
  for (auto [name, schema] : simdjson::dom::object(properties)) {
    JsonElement others, other;
    if (!requires_(a, name) || !requires_(b, name) || b.element["properties"].get(others) ||
        others[name].get(other))
      continue;
    auto one = areDisjoint(
        {.element = schema, .pointer = below(below(a.pointer, "properties"), name)},
        {.element = other, .pointer = below(below(b.pointer, "properties"), name)}, nesting + 1);
    if (!one || *one)
      return one;
  }
  return false;
}

} // namespace weft::constrain
