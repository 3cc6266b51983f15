// Objects of SchemaTranslator.
#include "runtime/constrain/automaton/TextSet.h"
#include "runtime/constrain/schema/SchemaTranslator.h"
#include "runtime/constrain/schema/StringFormats.h"

#include <algorithm>

namespace weft::constrain {

namespace {

/// Longest name of a property: names that other keys must not have nest as deep as they are long.
constexpr size_t mostNameBytes = 1000;
/// Keys are sorted by which of the patterns they fit.
constexpr size_t mostPatterns = 8;

} // namespace

/// What the parts say of keys.
struct SchemaTranslator::Keys {
  struct Pattern {
    size_t part;
    TextSet texts;
    Schema schema;
  };
  std::vector<Pattern> patterns;
  std::optional<TextSet> allowed; ///< by propertyNames
  bool isOpen = false;            ///< keys that no part names may come
};

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

Result<SchemaTranslator::Keys> SchemaTranslator::keysOf(const Conjunction &all) {
  Keys keys;
  std::vector<Schema> allowed;
  for (size_t i = 0; i < all.parts.size(); ++i) {
    const Schema &part = all.parts[i];
    JsonElement value;
    if (!part.element.is_object())
      continue;
    if (!part.element["patternProperties"].get(value)) {
      const std::string pointer = below(part.pointer, "patternProperties");
      if (!value.is_object())
        return schemaError(pointer, "expected an object of schemas");
      for (auto [pattern, schema] : simdjson::dom::object(value)) {
        auto texts = textsOfPattern(pattern);
        auto inside = child(part, schema, below(pointer, pattern));
        if (!texts)
          return schemaError(pointer, texts.error().message);
        if (!inside)
          return failFrom(inside);
        keys.patterns.push_back({i, std::move(*texts), *inside});
      }
    }
    if (!part.element["propertyNames"].get(value)) {
      auto inside = child(part, value, below(part.pointer, "propertyNames"));
      if (!inside)
        return failFrom(inside);
      allowed.push_back(*inside);
    }
  }
  if (keys.patterns.size() > mostPatterns)
    return schemaError(below(all.pointer(), "patternProperties"),
                       "expected at most " + std::to_string(mostPatterns) + " patterns");
  if (!allowed.empty()) {
    auto names = textsOfNames(allowed);
    if (!names)
      return failFrom(names);
    keys.allowed = std::move(*names);
  }
  // Properties without a word about further ones: no further ones.
  keys.isOpen =
      all.has("additionalProperties") || all.has("unevaluatedProperties") || !all.has("properties");
  return keys;
}

/// What a key's value has to be: of `name`, or of one that no part names. `matches` says which
/// patterns it fits. False: there is no such key.
Result<bool> SchemaTranslator::schemasOf(const Conjunction &all, const Keys &keys,
                                         const std::string *name, const std::vector<bool> &matches,
                                         std::vector<Schema> &schemas) {
  std::vector<bool> knows(all.parts.size());
  auto add = [&](const Schema &part, JsonElement schema, std::string pointer) -> Result<bool> {
    if (schema.is_bool() && !bool(schema))
      return false;
    auto inside = child(part, schema, std::move(pointer));
    if (!inside)
      return failFrom(inside);
    schemas.push_back(*inside);
    return true;
  };
  for (size_t i = 0; i < all.parts.size(); ++i) {
    const Schema &part = all.parts[i];
    if (!part.element.is_object())
      continue;
    JsonElement properties, schema;
    std::string_view absent;
    if (name && !part.element["weft:absent"].get_string().get(absent) && absent == *name)
      return false;
    for (std::string_view keyword : {"properties", "weft:property"})
      if (name && !part.element[keyword].get(properties) && properties.is_object() &&
          !properties[*name].get(schema)) {
        auto added = add(part, schema, below(below(part.pointer, keyword), *name));
        if (!added || !*added)
          return added;
        knows[i] = knows[i] || keyword == "properties";
      }
    for (size_t pattern = 0; pattern < keys.patterns.size(); ++pattern)
      if (keys.patterns[pattern].part == i && matches[pattern]) {
        const Schema &under = keys.patterns[pattern].schema;
        if (under.element.is_bool() && !bool(under.element))
          return false;
        schemas.push_back(under);
        knows[i] = true;
      }
    if (!knows[i] && !part.element["additionalProperties"].get(schema)) {
      auto added = add(part, schema, below(part.pointer, "additionalProperties"));
      if (!added || !*added)
        return added;
      knows[i] = true;
    }
  }
  for (size_t i = 0; i < all.parts.size(); ++i) {
    JsonElement schema;
    if (!all.parts[i].element.is_object() ||
        all.parts[i].element["unevaluatedProperties"].get(schema))
      continue;
    bool isEvaluated = false;
    for (size_t other = 0; other < all.parts.size(); ++other)
      isEvaluated |= knows[other] && all.isWithin(other, i);
    if (isEvaluated)
      continue;
    auto added = add(all.parts[i], schema, below(all.parts[i].pointer, "unevaluatedProperties"));
    if (!added || !*added)
      return added;
  }
  return true;
}

Result<SchemaTranslator::Members> SchemaTranslator::members(const Conjunction &all) {
  auto keys = keysOf(all);
  if (!keys)
    return failFrom(keys);
  Members members;
  std::set<std::string, std::less<>> required, seen, absent;
  auto addName = [&](std::string_view name) {
    if (seen.insert(std::string(name)).second)
      members.names.emplace_back(name);
  };
  for (std::string_view keyword : {"properties", "weft:property"})
    for (const Schema &properties : all.all(keyword)) {
      if (!properties.element.is_object())
        return schemaError(properties.pointer, "expected an object of schemas");
      for (auto [name, schema] : simdjson::dom::object(properties.element)) {
        const bool isNew = !seen.contains(name);
        if (keyword == "properties" || !isNew || keys->isOpen)
          addName(name);
        else // what only an excluded schema names is no way out
          absent.emplace(name);
        if (keyword == "weft:property")
          required.emplace(name);
      }
    }
  for (const Schema &list : all.all("required")) {
    if (!list.element.is_array())
      return schemaError(list.pointer, "expected an array of names");
    for (JsonElement each : simdjson::dom::array(list.element)) {
      std::string_view name;
      if (each.get_string().get(name))
        return schemaError(list.pointer, "expected an array of names");
      required.emplace(name);
      addName(name);
    }
  }
  for (const Schema &one : all.all("weft:absent"))
    if (std::string_view name; !one.element.get_string().get(name))
      addName(name);

  for (const std::string &name : absent)
    if (!seen.contains(name))
      addName(name);
  for (const std::string &name : members.names) {
    std::vector<bool> matches;
    for (const Keys::Pattern &pattern : keys->patterns)
      matches.push_back(pattern.texts.contains(name));
    std::vector<Schema> schemas;
    auto isAllowed = schemasOf(all, *keys, &name, matches, schemas);
    if (!isAllowed)
      return failFrom(isAllowed);
    const bool isRequired = required.contains(name);
    if (!*isAllowed || absent.contains(name) || (keys->allowed && !keys->allowed->contains(name))) {
      if (isRequired)
        members.named.push_back(
            {name,
             nothing(all.pointer(), "the property \"" + name + "\" is required and not allowed"),
             true});
      continue;
    }
    auto value = this->value(std::move(schemas));
    if (!value)
      return failFrom(value);
    if (name.size() > mostNameBytes)
      return schemaError(all.pointer(), "expected names of at most " +
                                            std::to_string(mostNameBytes) +
                                            " bytes, found one of " + std::to_string(name.size()));
    members.named.push_back({name, json.member(json.quotedText(name), *value), isRequired});
  }
  if (auto done = addOthers(all, *keys, members); !done)
    return failFrom(done);
  return members;
}

/// Members that no part names: one way for each set of patterns that a key may fit.
Result<void> SchemaTranslator::addOthers(const Conjunction &all, const Keys &keys,
                                         Members &members) {
  const size_t count = keys.patterns.size();
  if (!keys.isOpen && count == 0)
    return {};
  std::vector<ExprId> ways;
  for (uint32_t bits = 0; bits < (uint32_t(1) << count); ++bits) {
    if (bits == 0 && !keys.isOpen)
      continue;
    std::vector<bool> matches;
    for (size_t i = 0; i < count; ++i)
      matches.push_back(bits >> i & 1);
    std::vector<Schema> schemas;
    auto isAllowed = schemasOf(all, keys, nullptr, matches, schemas);
    if (!isAllowed)
      return failFrom(isAllowed);
    if (!*isAllowed)
      continue;
    ExprId key = 0;
    if (count == 0 && !keys.allowed) {
      key = json.keyExcept(members.names);
    } else {
      Result<TextSet> texts = TextSet::ofTexts(members.names).inverted();
      if (keys.allowed)
        texts = texts->both(*keys.allowed);
      for (size_t i = 0; texts && i < count; ++i)
        texts =
            texts->both(matches[i] ? keys.patterns[i].texts : keys.patterns[i].texts.inverted());
      if (!texts)
        return schemaError(all.pointer(), texts.error().message);
      if (texts->empty())
        continue;
      key = json.quoted(
          texts->write(grammar, [&](const CodePoints &set) { return json.character(set); }));
    }
    auto value = this->value(std::move(schemas));
    if (!value)
      return failFrom(value);
    ways.push_back(json.member(key, *value));
  }
  if (!ways.empty())
    members.other = grammar.choice(std::move(ways));
  return {};
}

/// The named members in their order, optional ones left out or not, commas between, then
/// `more`, which begins with a comma where it has anything. A rule says what may follow member
/// i; a text begins with one of the members up to the first required one.
ExprId SchemaTranslator::inOrder(const Members &members, ExprId more) {
  const auto &named = members.named;
  const size_t firstRequired =
      size_t(std::ranges::find_if(named, [](const auto &member) { return member.isRequired; }) -
             named.begin());
  std::vector<ExprId> following(named.size() + 1, more);
  for (size_t i = named.size(); i-- > 0;) {
    const ExprId next = grammar.sequence({json.comma(), named[i].expr});
    following[i] =
        grammar.sequence({named[i].isRequired ? next : grammar.optional(next), following[i + 1]});
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
  const auto required = uint32_t(
      std::ranges::count_if(members.named, [](const auto &member) { return member.isRequired; }));
  const auto named = uint32_t(members.named.size());
  uint32_t minimum = least->value_or(0), maximum = most->value_or(unbounded);
  if (minimum <= required)
    minimum = 0;
  if (maximum == mostRepeats || (!members.other && maximum >= named))
    maximum = unbounded;
  if (minimum > maximum || required > maximum || (minimum > named && !members.other))
    return nothing(all.pointer(), "no object has a number of properties within the bounds");
  // Keys that no part names may be the same one, which then is one property.
  if (minimum > named + 1)
    return schemaError(all.pointer(),
                       "\"minProperties\" is supported for properties that are named "
                       "and one more, found " +
                           std::to_string(minimum));

  ExprId content = grammar.sequence({});
  ExprId more = content;
  if (!members.named.empty() && (minimum != 0 || maximum != unbounded)) {
    std::vector<Choosing> choosing;
    for (const auto &member : members.named)
      choosing.push_back({member.expr, member.isRequired});
    auto counted = chosen(choosing, minimum, maximum, members.other, all.pointer());
    return counted ? Result<ExprId>(json.bracketed("{", *counted, "}")) : counted;
  }
  if (members.other) {
    const ExprId next = grammar.sequence({json.comma(), *members.other});
    more = grammar.repeat(next, 0, unbounded);
    if (maximum > 0)
      content = grammar.repeat(
          grammar.sequence({*members.other,
                            grammar.repeat(next, 0, maximum == unbounded ? maximum : maximum - 1)}),
          minimum ? 1 : 0, 1);
  }
  if (!members.named.empty()) {
    const ExprId inOrder = this->inOrder(members, more);
    content = required ? inOrder : grammar.choice({inOrder, content});
  }
  return json.bracketed("{", content, "}");
}

} // namespace weft::constrain
