#include "runtime/constrain/schema/SchemaCheck.h"

#include "runtime/constrain/schema/NumberRange.h"
#include "runtime/constrain/schema/StringFormats.h"

#include <algorithm>
#include <cmath>

namespace weft::constrain {

namespace {

size_t charactersIn(std::string_view text) {
  return size_t(std::ranges::count_if(text, [](char c) { return (uint8_t(c) & 0xC0) != 0x80; }));
}

Result<bool> fits(const Schema &said, std::string_view text, bool isFormat) {
  std::string_view name;
  if (said.element.get_string().get(name))
    return schemaError(said.pointer, "expected a text");
  auto set = isFormat ? textsOfFormat(name) : textsOfPattern(name);
  if (!set)
    return schemaError(said.pointer, set.error().message);
  return set->contains(text);
}

} // namespace

Result<bool> SchemaCheck::acceptsText(const Schema &schema, const std::string &text) {
  // As a value of its own document: quotes and backslashes are all that needs care here.
  std::string quoted = "\"";
  for (char c : text) {
    constexpr char hex[] = "0123456789abcdef";
    if (c == '"' || c == '\\')
      quoted += '\\';
    if (uint8_t(c) < 0x20)
      quoted += std::string("\\u00") + hex[uint8_t(c) >> 4] + hex[c & 15];
    else
      quoted += c;
  }
  simdjson::dom::parser parser;
  JsonElement value;
  if (parser.parse(quoted + "\"").get(value))
    return false;
  return accepts(schema, value);
}

Result<bool> SchemaCheck::accepts(const Schema &schema, JsonElement value) {
  if (schema.element.is_bool())
    return bool(schema.element);
  if (!schema.element.is_object())
    return schemaError(schema.pointer, "expected a schema (an object, true or false)");
  // A schema that asks itself about the same value accepts it only for other reasons.
  const auto asked = std::pair(schema.identity(), std::string(simdjson::minify(value)));
  if (open.size() > 200 || !open.insert(asked).second)
    return false;
  Result<bool> result = true;
  for (auto [key, said] : simdjson::dom::object(schema.element)) {
    if (isAnnotation(key))
      continue;
    result = keyword(schema, key, {.element = said, .pointer = below(schema.pointer, key)}, value);
    if (!result || !*result)
      break;
  }
  open.erase(asked);
  return result;
}

/// How many of an array of schemas accept the value.
Result<uint32_t> SchemaCheck::countAccepted(const Schema &said, std::string_view,
                                            JsonElement value) {
  simdjson::dom::array list;
  if (said.element.get_array().get(list))
    return schemaError(said.pointer, "expected an array of schemas");
  uint32_t count = 0;
  size_t index = 0;
  for (JsonElement each : list) {
    auto one =
        accepts({.element = each, .pointer = below(said.pointer, std::to_string(index++))}, value);
    if (!one)
      return failFrom(one);
    count += *one;
  }
  return count;
}

Result<bool> SchemaCheck::keyword(const Schema &schema, std::string_view key, const Schema &said,
                                  JsonElement value) {
  if (key == "$ref" || key == "$dynamicRef" || key == "$recursiveRef") {
    std::string_view name;
    if (said.element.get_string().get(name))
      return schemaError(said.pointer, "expected a text");
    auto target = references.resolve(name, schema.pointer, key);
    return target ? accepts(*target, value) : Result<bool>(failFrom(target));
  }
  if (key == "type") {
    auto types = Conjunction{{schema}}.types();
    if (!types)
      return failFrom(types);
    return types->contains(typeOf(value));
  }
  if (key == "const")
    return isEqual(said.element, value);
  if (key == "enum" || key == "weft:notEnum") {
    if (!said.element.is_array())
      return schemaError(said.pointer, "expected an array of values");
    const bool isIn = std::ranges::any_of(simdjson::dom::array(said.element),
                                          [&](JsonElement each) { return isEqual(each, value); });
    return isIn == (key == "enum");
  }
  if (key == "allOf" || key == "anyOf" || key == "oneOf") {
    auto count = countAccepted(said, key, value);
    if (!count)
      return failFrom(count);
    return key == "allOf"   ? *count == simdjson::dom::array(said.element).size()
           : key == "anyOf" ? *count > 0
                            : *count == 1;
  }
  if (key == "not") {
    auto inside = accepts(said, value);
    return inside ? Result<bool>(!*inside) : inside;
  }
  if (key == "if") {
    auto holds = accepts(said, value);
    if (!holds)
      return holds;
    const std::string_view branch = *holds ? "then" : "else";
    JsonElement following;
    if (schema.element[branch].get(following))
      return true;
    return accepts({.element = following, .pointer = below(schema.pointer, branch)}, value);
  }
  if (key == "weft:fraction")
    return typeOf(value) == "number";
  if (value.is_number())
    return number(key, said, value);
  if (value.is_string())
    return string(key, said, std::string_view(value));
  if (value.is_array())
    return array(schema, key, said, simdjson::dom::array(value));
  if (value.is_object())
    return object(schema, key, said, simdjson::dom::object(value));
  return true;
}

Result<bool> SchemaCheck::number(std::string_view key, const Schema &said, JsonElement value) {
  constexpr std::string_view names[] = {"minimum", "maximum", "exclusiveMinimum",
                                        "exclusiveMaximum", "multipleOf"};
  if (std::ranges::find(names, key) == std::end(names))
    return true;
  double bound = 0;
  if (!said.element.is_number() || said.element.get_double().get(bound))
    return schemaError(said.pointer, "expected a number");
  const double real = value.get_double().value();
  if (key == "minimum")
    return real >= bound;
  if (key == "maximum")
    return real <= bound;
  if (key == "exclusiveMinimum")
    return real > bound;
  if (key == "exclusiveMaximum")
    return real < bound;
  const double times = real / bound;
  return times == std::floor(times);
}

Result<bool> SchemaCheck::string(std::string_view key, const Schema &said, std::string_view text) {
  if (key == "minLength" || key == "maxLength") {
    auto count = countOf(said);
    if (!count)
      return failFrom(count);
    return key == "minLength" ? charactersIn(text) >= *count : charactersIn(text) <= *count;
  }
  if (key == "pattern" || key == "format")
    return key == "format" && isFormatOfNumbers(said.element) ? Result<bool>(true)
                                                              : fits(said, text, key == "format");
  if (key == "weft:notPattern") {
    auto inside = fits(said, text, false);
    return inside ? Result<bool>(!*inside) : inside;
  }
  if (key == "contentEncoding")
    return schemaError(said.pointer, "\"contentEncoding\" beside \"enum\" or \"const\" is not "
                                     "supported");
  return true;
}

Result<bool> SchemaCheck::array(const Schema &schema, std::string_view key, const Schema &said,
                                simdjson::dom::array value) {
  if (key == "minItems" || key == "maxItems") {
    auto count = countOf(said);
    if (!count)
      return failFrom(count);
    return key == "minItems" ? value.size() >= *count : value.size() <= *count;
  }
  if (key == "uniqueItems") {
    if (!said.element.is_bool() || !bool(said.element))
      return true;
    for (size_t i = 0; i < value.size(); ++i)
      for (size_t k = 0; k < i; ++k)
        if (isEqual(value.at(i), value.at(k)))
          return false;
    return true;
  }
  if (key == "unevaluatedItems")
    return schemaError(said.pointer, "\"unevaluatedItems\" beside \"enum\" or \"const\" is not "
                                     "supported");
  if (key == "contains") {
    uint32_t found = 0;
    for (JsonElement each : value) {
      auto one = accepts(said, each);
      if (!one)
        return one;
      found += *one;
    }
    auto least = Conjunction{{schema}}.count("minContains", true);
    auto most = Conjunction{{schema}}.count("maxContains", false);
    if (!least || !most)
      return failFrom(least ? most : least);
    return found >= least->value_or(1) && (!*most || found <= **most);
  }
  if (key != "items" && key != "prefixItems" && key != "additionalItems")
    return true;
  JsonElement first;
  size_t firsts = 0;
  const bool isOld = !schema.element["items"].get(first) && first.is_array();
  if (isOld || (!schema.element["prefixItems"].get(first) && first.is_array()))
    firsts = simdjson::dom::array(first).size();
  const bool isFirsts = key == "prefixItems" || (key == "items" && isOld);
  if (key == "additionalItems" && !isOld)
    return true;
  size_t index = 0;
  for (JsonElement each : value) {
    const size_t at = index++;
    if (isFirsts != (at < firsts))
      continue;
    JsonElement one = isFirsts ? simdjson::dom::array(said.element).at(at).value() : said.element;
    auto fit =
        accepts({.element = one,
                 .pointer = isFirsts ? below(said.pointer, std::to_string(at)) : said.pointer},
                each);
    if (!fit || !*fit)
      return fit;
  }
  return true;
}

Result<bool> SchemaCheck::object(const Schema &schema, std::string_view key, const Schema &said,
                                 simdjson::dom::object value) {
  auto has = [&](std::string_view name) {
    JsonElement ignored;
    return !value[name].get(ignored);
  };
  if (key == "minProperties" || key == "maxProperties") {
    auto count = countOf(said);
    if (!count)
      return failFrom(count);
    return key == "minProperties" ? value.size() >= *count : value.size() <= *count;
  }
  if (key == "unevaluatedProperties")
    return schemaError(said.pointer, "\"unevaluatedProperties\" beside \"enum\" or \"const\" is "
                                     "not supported");
  std::string_view name;
  if (key == "weft:absent")
    return said.element.get_string().get(name) || !has(name);
  if (key == "required") {
    if (!said.element.is_array())
      return schemaError(said.pointer, "expected an array of names");
    return std::ranges::all_of(simdjson::dom::array(said.element), [&](JsonElement each) {
      return each.get_string().get(name) || has(name);
    });
  }
  if (key == "propertyNames") {
    for (auto [member, ignored] : value) {
      auto fit = acceptsText(said, std::string(member));
      if (!fit || !*fit)
        return fit;
    }
    return true;
  }
  if (key == "dependentRequired" || key == "dependentSchemas" || key == "dependencies")
    return schemaError(said.pointer, "\"" + std::string(key) +
                                         "\" beside \"enum\" or \"const\" is "
                                         "not supported");
  const bool isOfNames = key == "properties" || key == "weft:property";
  if (!isOfNames && key != "patternProperties" && key != "additionalProperties")
    return true;
  JsonElement properties, patterns, schemaOf;
  const bool hasProperties = !schema.element["properties"].get(properties);
  const bool hasPatterns =
      !schema.element["patternProperties"].get(patterns) && patterns.is_object();
  if (key == "weft:property")
    for (auto [member, ignored] : simdjson::dom::object(said.element))
      if (!has(member))
        return false;
  for (auto [member, of] : value) {
    std::vector<Schema> asked;
    if (isOfNames && !said.element[member].get(schemaOf))
      asked.push_back({.element = schemaOf, .pointer = below(said.pointer, member)});
    bool isKnown = hasProperties && !properties[member].get(schemaOf);
    if (hasPatterns && !isOfNames)
      for (auto [pattern, under] : simdjson::dom::object(patterns)) {
        auto set = textsOfPattern(pattern);
        if (!set)
          return schemaError(said.pointer, set.error().message);
        if (!set->contains(member))
          continue;
        isKnown = true;
        if (key == "patternProperties")
          asked.push_back({.element = under, .pointer = below(said.pointer, pattern)});
      }
    if (key == "additionalProperties" && !isKnown)
      asked.push_back(said);
    for (const Schema &each : asked) {
      auto fit = accepts(each, of);
      if (!fit || !*fit)
        return fit;
    }
  }
  return true;
}

} // namespace weft::constrain
