#include "runtime/constrain/schema/JsonSchema.h"

#include "runtime/constrain/automaton/Automaton.h"
#include "runtime/constrain/schema/Negation.h"
#include "runtime/constrain/schema/SchemaTranslator.h"
#include "runtime/constrain/schema/StringFormats.h"
#include "runtime/text/tokenizer/Json.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace weft::constrain {

namespace {

/// Whether `keyword` is all that a schema says.
bool isAlone(JsonElement schema, std::string_view keyword) {
  bool has = false;
  for (auto [key, value] : simdjson::dom::object(schema)) {
    if (key != keyword && !isAnnotation(key))
      return false;
    has |= key == keyword;
  }
  return has;
}

struct Scope {
  unsigned &depth;
  explicit Scope(unsigned &depth) : depth(++depth) {}
  ~Scope() { --depth; }
};

/// Which keywords speak of which type, for schemas that do not say theirs.
struct TypeKeywords {
  std::string_view type;
  std::initializer_list<std::string_view> keywords;
};
const TypeKeywords typeKeywords[] = {
    {"object",
     {"properties", "required", "additionalProperties", "minProperties", "maxProperties",
      "patternProperties", "propertyNames", "unevaluatedProperties", "weft:absent",
      "weft:property"}},
    {"array",
     {"items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains",
      "unevaluatedItems"}},
    {"string",
     {"minLength", "maxLength", "pattern", "format", "contentEncoding", "weft:notPattern"}},
    {"number",
     {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "weft:fraction"}},
};

/// Integers beyond 64 bits as numbers, which is how JavaScript reads them.
std::string withoutLargeIntegers(std::string_view text) {
  std::string out;
  bool isInText = false;
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (isInText || !(c >= '0' && c <= '9')) {
      if (isInText && c == '\\' && i + 1 < text.size())
        out += text[i++];
      else if (c == '"')
        isInText = !isInText;
      out += text[i++];
      continue;
    }
    size_t end = i;
    bool isWhole = true;
    auto isPart = [&](char d) {
      return (d >= '0' && d <= '9') || d == '.' || d == 'e' || d == 'E' ||
             ((d == '+' || d == '-') && !isWhole);
    };
    for (; end < text.size() && isPart(text[end]); ++end)
      isWhole &= text[end] >= '0' && text[end] <= '9';
    out += text.substr(i, end - i);
    // Below zero there is one bit less.
    uint64_t value = 0;
    const bool fits =
        std::from_chars(text.data() + i, text.data() + end, value).ec == std::errc() &&
        (i == 0 || text[i - 1] != '-' || value <= uint64_t(1) << 63);
    if (isWhole && !fits)
      out += "e0";
    i = end;
  }
  return out;
}

} // namespace

SchemaTranslator::SchemaTranslator(Grammar &grammar, JsonElement root, WhiteSpace space)
    : grammar(grammar), root(root), json(grammar, space), references(root), check(references) {}

ExprId SchemaTranslator::nothing(const std::string &pointer, const std::string &message) {
  if (firstReason.message.empty())
    firstReason = schemaError(pointer, message).value();
  return grammar.choice({});
}

Result<void> SchemaTranslator::run(RuleId start) {
  Schema whole = {.element = root, .pointer = ""};
  if (auto found = target(whole); !found)
    return found;
  values.emplace(whole.identity() + "\n", start);
  auto body = conjunction({{whole}});
  if (!body)
    return failFrom(body);
  grammar.define(start, *body);
  return {};
}

/// What a schema that only names another one stands for.
Result<void> SchemaTranslator::target(Schema &schema) {
  std::set<std::string> seen;
  while (schema.element.is_object() && seen.insert(schema.identity()).second) {
    std::string_view name;
    simdjson::dom::array only;
    if (isAlone(schema.element, "$ref") && !schema.element["$ref"].get_string().get(name)) {
      auto named = references.resolve(name, schema.pointer, "$ref");
      if (!named)
        return failFrom(named);
      schema = *named;
    } else if (isAlone(schema.element, "allOf") && !schema.element["allOf"].get_array().get(only) &&
               only.size() == 1) {
      if (!schema.text.empty())
        break;
      schema = {.element = only.at(0).value(),
                .pointer = below(below(schema.pointer, "allOf"), "0")};
    } else {
      break;
    }
  }
  return {};
}

Result<ExprId> SchemaTranslator::value(std::vector<Schema> parts) {
  std::map<std::string, Schema> different;
  for (Schema &part : parts) {
    if (auto found = target(part); !found)
      return failFrom(found);
    if (!part.element.is_bool() || !bool(part.element))
      different.emplace(part.identity(), part);
  }
  if (different.empty())
    return json.anyValue();
  std::string key;
  for (const auto &[identity, part] : different)
    key += identity + "\n";
  auto [place, isNew] = values.try_emplace(key, 0);
  if (!isNew)
    return grammar.call(place->second);
  const RuleId rule = place->second = grammar.newRule("value-of");
  Conjunction all;
  for (const Schema &part : parts) // in the order in which they stand
    if (auto one = different.extract(part.identity()))
      all.parts.push_back(one.mapped());
  auto body = conjunction(std::move(all));
  if (!body)
    return body;
  grammar.define(rule, *body);
  return grammar.call(rule);
}

Result<Schema> SchemaTranslator::made(std::string text, std::string pointer, bool isNegated) {
  auto place = texts_.find(text);
  if (place == texts_.end()) {
    JsonElement element;
    if (parsers.emplace_back().parse(text).get(element))
      return schemaError(pointer, "this is nested too deep to be turned around");
    place = texts_.emplace(text, element).first;
  }
  return Schema{.element = place->second,
                .pointer = std::move(pointer),
                .text = std::move(text),
                .isNegated = isNegated};
}

/// Puts what allOf and references name beside the parts that name them. False: a part accepts
/// nothing.
Result<bool> SchemaTranslator::flatten(Conjunction &all) {
  auto add = [&](Schema schema, size_t parent) {
    schema.parent = parent;
    all.parts.push_back(std::move(schema));
  };
  for (size_t i = 0; i < all.parts.size(); ++i) {
    if (std::exchange(all.parts[i].isFlat, true))
      continue;
    const Schema part = all.parts[i];
    if (all.parts.size() > 500)
      return schemaError(all.pointer(), "more than 500 schemas are combined here");
    if (part.element.is_bool() && !bool(part.element)) {
      nothing(part.pointer, "false accepts no value at all");
      return false;
    }
    for (size_t above = part.parent; above != Schema::none; above = all.parts[above].parent)
      if (all.parts[above].identity() == part.identity()) {
        nothing(part.pointer, "the schema refers to itself without end, so there is no text that "
                              "ends: it has no text that ends");
        return false;
      }
    if (!part.element.is_bool() && !part.element.is_object())
      return schemaError(part.pointer, "expected a schema (an object, true or false)");
    if (!part.element.is_object())
      continue;
    JsonElement value;
    for (std::string_view keyword : {"$ref", "$dynamicRef", "$recursiveRef"}) {
      if (part.element[keyword].get(value))
        continue;
      std::string_view name;
      if (value.get_string().get(name))
        return schemaError(below(part.pointer, keyword), "expected a text");
      auto target = references.resolve(name, part.pointer, keyword);
      if (!target)
        return failFrom(target);
      add(*target, i);
    }
    if (!part.element["allOf"].get(value)) {
      const std::string pointer = below(part.pointer, "allOf");
      if (!value.is_array())
        return schemaError(pointer, "expected an array of schemas");
      size_t index = 0;
      for (JsonElement each : simdjson::dom::array(value)) {
        const std::string at = below(pointer, std::to_string(index++));
        if (part.text.empty()) {
          add({.element = each, .pointer = at}, i);
          continue;
        }
        auto inside = made(std::string(simdjson::minify(each)), at, part.isNegated);
        if (!inside)
          return failFrom(inside);
        add(*inside, i);
      }
    }
  }
  return true;
}

Result<ExprId> SchemaTranslator::conjunction(Conjunction all) {
  const Scope scope(depth);
  if (depth > mostNesting)
    return schemaError(all.pointer(),
                       "schemas are nested deeper than " + std::to_string(mostNesting));
  if (++schemas > mostSchemas)
    return schemaError(all.pointer(), "more than " + std::to_string(mostSchemas) +
                                          " schemas, combinations counted");
  auto hasValues = flatten(all);
  if (!hasValues)
    return failFrom(hasValues);
  if (!*hasValues)
    return grammar.choice({});
  if (auto known = all.checkKeywords(); !known)
    return failFrom(known);
  size_t part = 0;
  auto ways = split(all, part);
  if (!ways)
    return failFrom(ways);
  if (*ways) {
    std::vector<ExprId> alternatives;
    for (const std::vector<Schema> &way : **ways) {
      Conjunction with = all;
      for (const Schema &added : way) {
        with.parts.push_back(added);
        with.parts.back().parent = part;
      }
      auto expr = conjunction(std::move(with));
      if (!expr)
        return expr;
      alternatives.push_back(*expr);
    }
    return grammar.choice(std::move(alternatives));
  }
  if (all.hasAny({"enum", "const"}))
    return enumerated(all);
  return typed(all);
}

Result<std::vector<JsonElement>> SchemaTranslator::enumeratedValues(const Conjunction &all) {
  std::vector<JsonElement> candidates, values;
  if (const auto constants = all.all("const"); !constants.empty()) {
    candidates = {constants[0].element};
  } else {
    const Schema list = all.all("enum")[0];
    if (!list.element.is_array())
      return schemaError(list.pointer, "expected an array of values");
    for (JsonElement each : simdjson::dom::array(list.element))
      candidates.push_back(each);
  }
  for (JsonElement each : candidates) {
    bool isIn = std::ranges::none_of(values, [&](JsonElement v) { return isEqual(v, each); });
    for (size_t i = 0; isIn && i < all.parts.size(); ++i) {
      auto accepted = check.accepts(all.parts[i], each);
      if (!accepted)
        return failFrom(accepted);
      isIn = *accepted;
    }
    if (isIn)
      values.push_back(each);
  }
  return values;
}

Result<ExprId> SchemaTranslator::enumerated(const Conjunction &all) {
  auto values = enumeratedValues(all);
  if (!values)
    return failFrom(values);
  if (values->empty())
    return nothing(all.pointer(), "no value is in every \"enum\" and \"const\" and allowed by the "
                                  "keywords beside them");
  std::vector<ExprId> ways;
  for (JsonElement each : *values)
    ways.push_back(json.value(each));
  return grammar.choice(std::move(ways));
}

Result<ExprId> SchemaTranslator::typed(const Conjunction &all) {
  auto types = all.types();
  if (!types)
    return failFrom(types);
  if (!all.has("type")) {
    std::set<std::string> spokenOf;
    for (const TypeKeywords &each : typeKeywords)
      if (all.hasAny(each.keywords))
        spokenOf.insert(std::string(each.type));
    // A format of numbers says nothing of texts.
    if (const auto formats = all.all("format");
        !formats.empty() && isFormatOfNumbers(formats[0].element))
      spokenOf = {"number"};
    if (spokenOf.empty() && !all.has("weft:notEnum"))
      return json.anyValue();
    if (!spokenOf.empty())
      *types = spokenOf;
  }
  if (types->empty())
    return nothing(all.pointer(), "the types that have to hold together exclude each other");
  if (types->contains("number"))
    types->erase("integer");
  std::vector<ExprId> ways;
  for (const std::string &type : *types) {
    auto way = ofType(all, type);
    if (!way)
      return way;
    ways.push_back(*way);
  }
  return grammar.choice(std::move(ways));
}

Result<ExprId> SchemaTranslator::ofType(const Conjunction &all, const std::string &type) {
  // Of values that are excluded: texts and numbers are left out one by one, a list or an object
  // among them leaves its type out.
  bool isOut[3] = {false, false, false}; // null, true, false
  for (const Schema &list : all.all("weft:notEnum"))
    for (JsonElement each : simdjson::dom::array(list.element)) {
      if (each.is_null())
        isOut[0] = true;
      else if (each.is_bool())
        isOut[bool(each) ? 1 : 2] = true;
      else if (typeOf(each) == type && (each.is_array() || each.is_object()))
        return nothing(list.pointer, "what is left beside a list or an object is not supported");
    }
  std::vector<ExprId> ways;
  if (type == "null") {
    if (!isOut[0])
      ways.push_back(grammar.literal("null"));
    return grammar.choice(std::move(ways));
  }
  if (type == "boolean") {
    if (!isOut[1])
      ways.push_back(grammar.literal("true"));
    if (!isOut[2])
      ways.push_back(grammar.literal("false"));
    return grammar.choice(std::move(ways));
  }
  if (type == "integer" || type == "number")
    return number(all, type == "integer");
  if (type == "string")
    return string(all);
  return type == "array" ? array(all) : object(all);
}

Result<Grammar> grammarOfJsonSchema(std::string_view schema, WhiteSpace space) {
  simdjson::dom::parser parser;
  JsonElement root;
  if (auto error = parser.parse(withoutLargeIntegers(schema)).get(root))
    return fail("JSON Schema: " + text::invalidJson(schema, error));
  Grammar grammar;
  grammar.dropRulesWithoutText();
  const RuleId start = grammar.rule("root");
  SchemaTranslator translator(grammar, root, space);
  if (auto done = translator.run(start); !done)
    return failFrom(done);
  if (!hasText(grammar)) {
    const std::string &reason = translator.reason().message;
    return fail(reason.empty() ? "JSON Schema: it has no text that ends" : reason);
  }
  return grammar;
}

} // namespace weft::constrain
