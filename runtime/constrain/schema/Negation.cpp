#include "runtime/constrain/schema/Negation.h"

#include "runtime/constrain/grammar/Grammar.h"

#include <algorithm>
#include <set>

namespace weft::constrain {

namespace {

std::string textOf(JsonElement element) { return std::string(simdjson::minify(element)); }

/// A schema of one type and one keyword.
std::string saying(std::string_view type, std::string_view keyword, const std::string &value) {
  return R"({"type":")" + std::string(type) + R"(",")" + std::string(keyword) + "\":" + value + "}";
}

std::string notText(JsonElement schema) { return "{\"not\":" + textOf(schema) + "}"; }

class Inverse {
public:
  explicit Inverse(const References &references) : references(references) {}

  Result<void> of(const Schema &schema) {
    if (++depth > 50)
      return schemaError(schema.pointer, "references lead to each other below \"not\"");
    if (schema.element.is_bool()) {
      if (!bool(schema.element))
        ways.push_back("true");
      return {};
    }
    if (!schema.element.is_object())
      return schemaError(schema.pointer, "expected a schema (an object, true or false)");
    for (auto [key, said] : simdjson::dom::object(schema.element)) {
      if (isAnnotation(key))
        continue;
      const Schema value = {.element = said, .pointer = below(schema.pointer, key)};
      auto done = keyword(schema, key, value);
      if (!done)
        return done;
    }
    return {};
  }

  std::vector<std::string> ways;
  std::string leftOut; // names of keywords of which nothing is said

private:
  void leaveOut(std::string_view key) {
    leftOut += (leftOut.empty() ? "\"" : ", \"") + std::string(key) + "\"";
  }

  Result<void> keyword(const Schema &schema, std::string_view key, const Schema &value) {
    const JsonElement said = value.element;
    if (key == "$ref" || key == "$dynamicRef" || key == "$recursiveRef") {
      std::string_view name;
      if (said.get_string().get(name))
        return schemaError(value.pointer, "expected a text");
      auto target = references.resolve(name, schema.pointer, key);
      return target ? of(*target) : Result<void>(failFrom(target));
    }
    if (key == "type") {
      auto types = Conjunction{{schema}}.types();
      if (!types)
        return failFrom(types);
      std::string others;
      for (std::string_view type : {"null", "boolean", "object", "array", "string", "number"}) {
        const bool isIn = types->contains(type == "number" ? "integer" : std::string(type));
        if (!isIn)
          others += (others.empty() ? "\"" : ",\"") + std::string(type) + "\"";
      }
      if (!others.empty())
        ways.push_back("{\"type\":[" + others + "]}");
      if (types->contains("integer") && !types->contains("number"))
        ways.push_back(saying("number", "weft:fraction", "true"));
      return {};
    }
    if (key == "const")
      ways.push_back("{\"weft:notEnum\":[" + textOf(said) + "]}");
    else if (key == "enum")
      ways.push_back("{\"weft:notEnum\":" + textOf(said) + "}");
    else if (key == "weft:notEnum")
      ways.push_back("{\"enum\":" + textOf(said) + "}");
    else if (key == "minimum")
      ways.push_back(saying("number", "exclusiveMaximum", textOf(said)));
    else if (key == "maximum")
      ways.push_back(saying("number", "exclusiveMinimum", textOf(said)));
    else if (key == "exclusiveMinimum")
      ways.push_back(saying("number", "maximum", textOf(said)));
    else if (key == "exclusiveMaximum")
      ways.push_back(saying("number", "minimum", textOf(said)));
    else if (key == "pattern")
      ways.push_back(saying("string", "weft:notPattern", textOf(said)));
    else if (key == "not")
      ways.push_back(textOf(said));
    else if (key.starts_with("min") || key.starts_with("max"))
      return count(key, value);
    else if (key == "required" || key == "properties" || key == "weft:property")
      return names(key, value);
    else if (key == "items" || key == "contains")
      return elements(schema, key, said);
    else if (key == "allOf" || key == "anyOf" || key == "oneOf")
      return combination(key, value);
    else if (key != "then" && key != "else" && key != "nullable")
      leaveOut(key);
    return {};
  }

  Result<void> count(std::string_view key, const Schema &value) {
    auto number = countOf(value);
    if (!number)
      return failFrom(number);
    const std::string_view what = key.substr(3);
    const std::string_view type = what == "Length"       ? "string"
                                  : what == "Items"      ? "array"
                                  : what == "Properties" ? "object"
                                                         : "";
    if (type.empty()) {
      leaveOut(key);
      return {};
    }
    if (key.starts_with("max"))
      ways.push_back(saying(type, "min" + std::string(what), std::to_string(*number + 1)));
    else if (*number > 0)
      ways.push_back(saying(type, "max" + std::string(what), std::to_string(*number - 1)));
    return {};
  }

  Result<void> names(std::string_view key, const Schema &value) {
    if (key == "required") {
      if (!value.element.is_array())
        return schemaError(value.pointer, "expected an array of names");
      for (JsonElement name : simdjson::dom::array(value.element))
        ways.push_back(saying("object", "weft:absent", textOf(name)));
      return {};
    }
    if (!value.element.is_object())
      return schemaError(value.pointer, "expected an object of schemas");
    for (auto [name, schema] : simdjson::dom::object(value.element)) {
      if (schema.is_bool() && bool(schema))
        continue;
      std::string quoted; // the name as JSON writes it
      for (char c : name) {
        if (c == '"' || c == '\\')
          quoted += '\\';
        constexpr char hex[] = "0123456789abcdef";
        if (uint8_t(c) < 0x20)
          quoted += std::string("\\u00") + hex[uint8_t(c) >> 4] + hex[c & 15];
        else
          quoted += c;
      }
      ways.push_back(
          saying("object", "weft:property", "{\"" + quoted + "\":" + notText(schema) + "}"));
      if (key == "weft:property")
        ways.push_back(saying("object", "weft:absent", "\"" + quoted + "\""));
    }
    return {};
  }

  Result<void> elements(const Schema &schema, std::string_view key, JsonElement said) {
    JsonElement ignored;
    auto has = [&](std::string_view other) { return !schema.element[other].get(ignored); };
    if (key == "items" && !said.is_array() && !has("prefixItems"))
      ways.push_back(saying("array", "contains", notText(said)));
    else if (key == "contains" && !has("minContains") && !has("maxContains"))
      ways.push_back(saying("array", "items", notText(said)));
    else
      leaveOut(key);
    return {};
  }

  Result<void> combination(std::string_view key, const Schema &value) {
    simdjson::dom::array list;
    if (value.element.get_array().get(list))
      return schemaError(value.pointer, "expected an array of schemas");
    std::string none;
    for (JsonElement each : list) {
      if (key == "allOf")
        ways.push_back(notText(each));
      none += (none.empty() ? "" : ",") + notText(each);
    }
    if (key != "allOf")
      ways.push_back("{\"allOf\":[" + none + "]}");
    return {};
  }

  const References &references;
  unsigned depth = 0;
};

} // namespace

Result<std::vector<std::string>> inverseOf(const Schema &schema, const References &references) {
  Inverse inverse(references);
  if (auto done = inverse.of(schema); !done)
    return failFrom(done);
  if (inverse.ways.empty() && !inverse.leftOut.empty())
    return schemaError(schema.pointer, "the opposite of " + inverse.leftOut + " is not supported");
  return std::move(inverse.ways);
}

} // namespace weft::constrain
