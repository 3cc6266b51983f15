#include "runtime/constrain/schema/JsonSchema.h"

#include "runtime/constrain/schema/NumberRange.h"
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/SchemaTranslator.h"
#include "runtime/constrain/schema/StringFormats.h"
#include "runtime/text/tokenizer/Json.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace weft::constrain {

namespace {

/// Keywords that say nothing of which values a schema accepts.
bool isAnnotation(std::string_view key) {
  constexpr std::string_view names[] = {"title",    "description", "default",    "examples",
                                        "$schema",  "$id",         "$comment",   "$defs",
                                        "definitions", "deprecated", "readOnly", "writeOnly"};
  return std::ranges::find(names, key) != std::end(names);
}

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
    {"object", {"properties", "required", "additionalProperties", "minProperties", "maxProperties"}},
    {"array", {"items", "prefixItems", "additionalItems", "minItems", "maxItems"}},
    {"string", {"minLength", "maxLength", "pattern", "format"}},
    {"number", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}},
};

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

} // namespace

Result<ExprId> SchemaTranslator::schema(const Schema &schema) {
  const Scope scope(depth);
  if (depth > mostNesting)
    return schemaError(schema.pointer,
                       "schemas are nested deeper than " + std::to_string(mostNesting));
  if (schema.element.is_bool()) {
    if (!bool(schema.element))
      return schemaError(schema.pointer, "false accepts no value at all");
    return json.anyValue();
  }
  if (!schema.element.is_object())
    return schemaError(schema.pointer, "expected a schema (an object, true or false)");
  // A reference by itself becomes a rule, and so may lead back here.
  std::string_view name;
  if (isAlone(schema.element, "$ref") && !schema.element["$ref"].get_string().get(name))
    return reference(name, schema.pointer);
  simdjson::dom::array only;
  if (isAlone(schema.element, "allOf") && !schema.element["allOf"].get_array().get(only) &&
      only.size() == 1)
    return this->schema({only.at(0), below(below(schema.pointer, "allOf"), "0")});
  return conjunction({{schema}});
}

/// A rule for each target, made before its body, so that it may refer to itself.
Result<ExprId> SchemaTranslator::reference(std::string_view name, const std::string &from) {
  auto target = resolve(root, name, from);
  if (!target)
    return failFrom(target);
  auto [place, isNew] = references.try_emplace(target->pointer, 0);
  if (!isNew)
    return grammar.call(place->second);
  const RuleId rule = place->second = grammar.newRule("#" + target->pointer);
  auto body = schema(*target);
  if (!body)
    return body;
  grammar.define(rule, *body);
  return grammar.call(rule);
}

/// Puts what allOf and $ref name beside the parts that name them.
Result<void> SchemaTranslator::flatten(Conjunction &all) {
  for (size_t i = 0; i < all.parts.size(); ++i) {
    if (std::exchange(all.parts[i].isFlat, true))
      continue;
    const Schema part = all.parts[i];
    if (all.parts.size() > 100)
      return schemaError(all.pointer(), "more than 100 schemas are combined here, or they refer "
                                        "to each other without end");
    if (part.element.is_bool() && !bool(part.element))
      return schemaError(part.pointer, "false accepts no value at all");
    if (!part.element.is_bool() && !part.element.is_object())
      return schemaError(part.pointer, "expected a schema (an object, true or false)");
    if (!part.element.is_object())
      continue;
    JsonElement value;
    if (!part.element["$ref"].get(value)) {
      std::string_view name;
      if (value.get_string().get(name))
        return schemaError(below(part.pointer, "$ref"), "expected a text");
      auto target = resolve(root, name, part.pointer);
      if (!target)
        return failFrom(target);
      all.parts.push_back(*target);
    }
    if (!part.element["allOf"].get(value)) {
      const std::string pointer = below(part.pointer, "allOf");
      if (!value.is_array())
        return schemaError(pointer, "expected an array of schemas");
      size_t index = 0;
      for (JsonElement each : simdjson::dom::array(value))
        all.parts.push_back({each, below(pointer, std::to_string(index++))});
    }
  }
  return {};
}

Result<ExprId> SchemaTranslator::conjunction(Conjunction all) {
  const Scope scope(depth);
  if (depth > mostNesting)
    return schemaError(all.pointer(),
                       "schemas are nested deeper than " + std::to_string(mostNesting));
  if (++schemas > mostSchemas)
    return schemaError(all.pointer(), "more than " + std::to_string(mostSchemas) +
                                          " schemas, combinations counted");
  if (auto done = flatten(all); !done)
    return failFrom(done);
  if (auto known = all.checkKeywords(); !known)
    return failFrom(known);
  for (size_t part = 0; part < all.parts.size(); ++part)
    for (std::string_view keyword : {"anyOf", "oneOf"})
      if (JsonElement value; all.parts[part].element.is_object() &&
                             all.parts[part].done != keyword &&
                             !all.parts[part].element[keyword].get(value))
        return alternatives(all, part, keyword);
  if (all.hasAny({"enum", "const"}))
    return enumerated(all);
  return typed(all);
}

Result<ExprId> SchemaTranslator::alternatives(const Conjunction &all, size_t part,
                                              std::string_view keyword) {
  const Schema &owner = all.parts[part];
  const std::string pointer = below(owner.pointer, keyword);
  simdjson::dom::array list;
  if (owner.element[keyword].get_array().get(list) || list.size() == 0)
    return schemaError(pointer, "expected an array of at least one schema");
  const std::string_view other = keyword == "anyOf" ? "oneOf" : "anyOf";
  if (JsonElement ignored; !owner.element[other].get(ignored))
    return schemaError(owner.pointer, "\"anyOf\" beside \"oneOf\" is not supported");

  const bool isSimple = all.parts.size() == 1 && isAlone(owner.element, keyword);
  std::vector<ExprId> ways;
  size_t index = 0;
  for (JsonElement each : list) {
    const Schema alternative = {each, below(pointer, std::to_string(index++))};
    Conjunction both = all;
    both.parts[part].done = keyword;
    both.parts.push_back(alternative); // last: properties come in the order of the parts
    auto way = isSimple ? schema(alternative) : conjunction(std::move(both));
    if (!way)
      return way;
    ways.push_back(*way);
  }
  return grammar.choice(std::move(ways));
}

Result<ExprId> SchemaTranslator::enumerated(const Conjunction &all) {
  auto types = all.types();
  if (!types)
    return failFrom(types);
  for (const TypeKeywords &each : typeKeywords)
    for (std::string_view keyword : each.keywords)
      if (auto found = all.all(keyword); !found.empty())
        return schemaError(found[0].pointer, "\"" + std::string(keyword) +
                                                 "\" beside \"enum\" or \"const\" is not supported");
  std::vector<std::vector<JsonElement>> lists;
  for (const Schema &value : all.all("const"))
    lists.push_back({value.element});
  for (const Schema &value : all.all("enum")) {
    if (!value.element.is_array())
      return schemaError(value.pointer, "expected an array of values");
    lists.emplace_back();
    for (JsonElement each : simdjson::dom::array(value.element))
      lists.back().push_back(each);
  }
  std::vector<ExprId> ways;
  for (JsonElement each : lists[0]) {
    const std::string text = simdjson::minify(each);
    const bool isInAll = std::ranges::all_of(lists, [&](const auto &list) {
      return std::ranges::any_of(
          list, [&](JsonElement other) { return std::string(simdjson::minify(other)) == text; });
    });
    if (isInAll && types->contains(typeOf(each)))
      ways.push_back(json.value(each));
  }
  if (ways.empty())
    return schemaError(all.pointer(), "no value is in every \"enum\" and \"const\" and of the type");
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
    if (spokenOf.empty())
      return json.anyValue();
    *types = spokenOf;
  }
  if (types->empty())
    return schemaError(all.pointer(), "the types that have to hold together exclude each other");
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
  if (type == "null")
    return grammar.literal("null");
  if (type == "boolean")
    return grammar.choice({grammar.literal("true"), grammar.literal("false")});
  if (type == "integer" || type == "number")
    return number(all, type == "integer");
  if (type == "string")
    return string(all);
  return type == "array" ? array(all) : object(all);
}

Result<ExprId> SchemaTranslator::number(const Conjunction &all, bool isInteger) {
  Bound least = {-largestInteger, false}, most = {largestInteger, false};
  bool isBounded = false;
  for (std::string_view keyword : {"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"}) {
    const bool isOpen = keyword.starts_with("exclusive");
    const bool isLeast = keyword.ends_with("inimum");
    for (const Schema &value : all.all(keyword)) {
      double real = 0;
      if (value.element.get_double().get(real) || std::abs(real) > double(largestInteger))
        return schemaError(value.pointer, "expected a number of at most 18 digits");
      Bound bound = {0, isOpen};
      if (value.element.is_int64()) {
        bound.value = int64_t(value.element);
      } else if (real == std::floor(real)) {
        bound.value = int64_t(real);
      } else if (isInteger) {
        bound = {int64_t(isLeast ? std::ceil(real) : std::floor(real)), false};
      } else {
        return schemaError(value.pointer, "bounds of type \"number\" must be whole numbers");
      }
      if (isInteger && bound.isOpen)
        bound = {bound.value + (isLeast ? 1 : -1), false};
      isBounded = true;
      Bound &kept = isLeast ? least : most;
      if (isLeast ? bound.value > kept.value : bound.value < kept.value)
        kept = bound;
      else if (bound.value == kept.value)
        kept.isOpen |= bound.isOpen;
    }
  }
  if (!isBounded)
    return isInteger ? json.integer() : json.number();
  if (least.value > most.value || (least.value == most.value && (least.isOpen || most.isOpen)))
    return schemaError(all.pointer(), "no number is within the bounds");
  return isInteger ? integersBetween(grammar, least.value, most.value)
                   : numbersBetween(grammar, least, most);
}

Result<ExprId> SchemaTranslator::string(const Conjunction &all) {
  auto least = all.count("minLength", true), most = all.count("maxLength", false);
  if (!least || !most)
    return failFrom(least ? most : least);
  const auto patterns = all.all("pattern"), formats = all.all("format");
  if (patterns.empty() && formats.empty()) {
    if (*least && *most && **least > **most)
      return schemaError(all.pointer(), "no string has a length within the bounds");
    return json.string(least->value_or(0), most->value_or(unbounded));
  }
  if (patterns.size() + formats.size() > 1 || *least || *most)
    return schemaError((patterns.empty() ? formats : patterns)[0].pointer,
                       "only one of \"pattern\", \"format\" and bounds of the length is supported "
                       "at a time");
  const Schema &value = patterns.empty() ? formats[0] : patterns[0];
  std::string_view text;
  if (value.element.get_string().get(text))
    return schemaError(value.pointer, "expected a text");
  if (patterns.empty()) {
    const std::string_view pattern = patternOfFormat(text);
    if (pattern.empty())
      return schemaError(value.pointer, "the format \"" + std::string(text) +
                                            "\" is not supported; supported are " +
                                            knownFormats());
    text = pattern;
  }
  auto content = parseRegex(grammar, text, patterns.empty() ? Fit::Whole : Fit::Anywhere,
                            [&](const CodePoints &set) { return json.character(set); });
  if (!content)
    return schemaError(value.pointer, content.error().message);
  return json.quoted(*content);
}

Result<ExprId> SchemaTranslator::value(Conjunction all) {
  auto body = all.parts.size() == 1 ? schema(all.parts[0]) : conjunction(std::move(all));
  if (!body)
    return body;
  const RuleId rule = grammar.newRule("value-of");
  grammar.define(rule, *body);
  return grammar.call(rule);
}

Result<Grammar> grammarOfJsonSchema(std::string_view schema, WhiteSpace space) {
  simdjson::dom::parser parser;
  JsonElement root;
  if (auto error = parser.parse(schema.data(), schema.size()).get(root))
    return fail("JSON Schema: " + text::invalidJson(schema, error));
  Grammar grammar;
  const RuleId start = grammar.rule("root");
  SchemaTranslator translator(grammar, root, space);
  auto body = translator.schema({root, ""});
  if (!body)
    return failFrom(body);
  grammar.define(start, *body);
  return grammar;
}

} // namespace weft::constrain
