#include "runtime/constrain/schema/SchemaParts.h"

#include "runtime/base/Utf8.h"
#include "runtime/constrain/grammar/Grammar.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace weft::constrain {

namespace {

constexpr std::array<std::string_view, 7> typeNames = {"null",   "boolean", "object", "array",
                                                       "number", "string",  "integer"};

/// All that some draft asserts or applies; others say nothing.
constexpr std::array<std::string_view, 56> assertions = {"type",
                                                         "enum",
                                                         "const",
                                                         "multipleOf",
                                                         "maximum",
                                                         "exclusiveMaximum",
                                                         "minimum",
                                                         "exclusiveMinimum",
                                                         "maxLength",
                                                         "minLength",
                                                         "pattern",
                                                         "format",
                                                         "items",
                                                         "prefixItems",
                                                         "additionalItems",
                                                         "maxItems",
                                                         "minItems",
                                                         "uniqueItems",
                                                         "contains",
                                                         "minContains",
                                                         "maxContains",
                                                         "maxProperties",
                                                         "minProperties",
                                                         "required",
                                                         "properties",
                                                         "patternProperties",
                                                         "additionalProperties",
                                                         "propertyNames",
                                                         "dependentRequired",
                                                         "dependentSchemas",
                                                         "dependencies",
                                                         "unevaluatedProperties",
                                                         "unevaluatedItems",
                                                         "allOf",
                                                         "anyOf",
                                                         "oneOf",
                                                         "not",
                                                         "if",
                                                         "then",
                                                         "else",
                                                         "$ref",
                                                         "$dynamicRef",
                                                         "$recursiveRef",
                                                         "nullable",
                                                         "contentEncoding",
                                                         "divisibleBy",
                                                         "disallow",
                                                         "extends",
                                                         "weft:absent",
                                                         "weft:property",
                                                         "weft:notEnum",
                                                         "weft:notPattern",
                                                         "weft:fraction",
                                                         "formatMinimum",
                                                         "formatMaximum",
                                                         "formatExclusiveMinimum"};

/// Of drafts 3 and 4 and of extensions: what they mean is not what the same words meant later.
constexpr std::array<std::string_view, 6> unsupported = {"divisibleBy",   "disallow",
                                                         "extends",       "formatMinimum",
                                                         "formatMaximum", "formatExclusiveMinimum"};

/// Names and texts of the schema's author may be of any length.
std::string shortened(const std::string &text, size_t most) {
  if (text.size() <= most)
    return text;
  while (most > 0 && isContinuation(text[most]))
    --most;
  return text.substr(0, most) + "...";
}

} // namespace

tl::unexpected<Error> schemaError(const std::string &pointer, const std::string &message) {
  std::string line = "JSON Schema, #" + shortened(pointer, 120) + ": " + shortened(message, 240);
  for (char &c : line)
    if (uint8_t(c) < 0x20)
      c = '?';
  return fail(std::move(line));
}

std::string below(const std::string &pointer, std::string_view key) {
  std::string longer = pointer + "/";
  for (char c : key)
    longer += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return longer;
}

bool isAnnotation(std::string_view keyword) {
  return std::ranges::find(assertions, keyword) == assertions.end();
}

std::string typeOf(JsonElement value) {
  using Type = simdjson::dom::element_type;
  switch (value.type()) {
  case Type::ARRAY:
    return "array";
  case Type::OBJECT:
    return "object";
  case Type::STRING:
    return "string";
  case Type::BOOL:
    return "boolean";
  case Type::NULL_VALUE:
    return "null";
  case Type::DOUBLE: {
    const double number = value.get_double().value();
    return number == std::floor(number) ? "integer" : "number";
  }
  default:
    return "integer";
  }
}

bool isEqual(JsonElement a, JsonElement b) {
  if (a.is_number() && b.is_number())
    return a.is_double() || b.is_double()
               ? a.get_double().value() == b.get_double().value()
               : std::string(simdjson::minify(a)) == std::string(simdjson::minify(b));
  if (a.type() != b.type())
    return false;
  if (a.is_array()) {
    const simdjson::dom::array left(a), right(b);
    return std::ranges::equal(left.begin(), left.end(), right.begin(), right.end(), isEqual);
  }
  if (a.is_object()) {
    const simdjson::dom::object left(a), right(b);
    return left.size() == right.size() && std::ranges::all_of(left, [&](const auto &member) {
             JsonElement other;
             return !right[member.key].get(other) && isEqual(member.value, other);
           });
  }
  return std::string(simdjson::minify(a)) == std::string(simdjson::minify(b));
}

std::vector<Schema> Conjunction::all(std::string_view keyword) const {
  std::vector<Schema> found;
  for (const Schema &part : parts) {
    JsonElement value;
    if (part.element.is_object() && !part.element[keyword].get(value))
      found.push_back({.element = value, .pointer = below(part.pointer, keyword)});
  }
  return found;
}

bool Conjunction::has(std::string_view keyword) const {
  return std::ranges::any_of(parts, [&](const Schema &part) {
    JsonElement value;
    return part.element.is_object() && !part.element[keyword].get(value);
  });
}

bool Conjunction::hasAny(std::initializer_list<std::string_view> keywords) const {
  return std::ranges::any_of(keywords, [&](std::string_view keyword) { return has(keyword); });
}

bool Conjunction::isWithin(size_t part, size_t ancestor) const {
  for (; part != Schema::none; part = parts[part].parent) {
    if (parts[part].isNegated)
      return false;
    if (part == ancestor)
      return true;
  }
  return false;
}

Result<uint32_t> countOf(const Schema &value) {
  double real = 0;
  if (!value.element.is_number() || value.element.get_double().get(real) || real < 0 ||
      real != std::floor(real))
    return schemaError(value.pointer, "expected a whole number of at least 0");
  return uint32_t(std::min(real, double(mostRepeats)));
}

Result<std::optional<uint32_t>> Conjunction::count(std::string_view keyword, bool largest) const {
  std::optional<uint32_t> result;
  for (const Schema &value : all(keyword)) {
    auto number = countOf(value);
    if (!number)
      return failFrom(number);
    result = !result ? *number : largest ? std::max(*result, *number) : std::min(*result, *number);
  }
  return result;
}

Result<std::set<std::string>> Conjunction::types() const {
  std::set<std::string> allowed(typeNames.begin(), typeNames.end());
  for (const Schema &part : parts) {
    JsonElement type;
    if (!part.element.is_object() || part.element["type"].get(type))
      continue;
    std::vector<JsonElement> names;
    if (type.is_array())
      for (JsonElement name : simdjson::dom::array(type))
        names.push_back(name);
    else
      names.push_back(type);
    std::set<std::string> these;
    for (JsonElement name : names) {
      std::string_view text;
      if (name.get_string().get(text) || std::ranges::find(typeNames, text) == typeNames.end())
        return schemaError(below(part.pointer, "type"),
                           "expected null, boolean, object, array, number, string or integer, "
                           "found " +
                               std::string(simdjson::minify(name)).substr(0, 60));
      these.insert(std::string(text));
    }
    if (these.contains("number"))
      these.insert("integer");
    bool isNullable = false; // of OpenAPI 3.0
    if (!part.element["nullable"].get_bool().get(isNullable) && isNullable)
      these.insert("null");
    std::erase_if(allowed, [&](const std::string &name) { return !these.contains(name); });
  }
  return allowed;
}

Result<void> Conjunction::checkKeywords() const {
  for (const Schema &part : parts) {
    if (!part.element.is_object())
      continue;
    for (auto [key, value] : simdjson::dom::object(part.element)) {
      // Drafts 3 and 4 had flags of these names.
      const bool isFlag =
          (key == "exclusiveMinimum" || key == "exclusiveMaximum" || key == "required") &&
          value.is_bool();
      if (isFlag || std::ranges::find(unsupported, key) != unsupported.end())
        return schemaError(below(part.pointer, key), "the keyword \"" + std::string(key) + "\"" +
                                                         (isFlag ? " as true or false" : "") +
                                                         " is not supported");
    }
  }
  return {};
}

} // namespace weft::constrain
