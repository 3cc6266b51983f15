// Random schemas: what their masks allow a checker of its own accepts, and random documents
// that the checker accepts the grammar has, token by token. Finished texts are written with their
// schemas, a line each, to the file that WEFT_DOCUMENTS names (see check-with-ajv.sh), which is
// how a checker of others tries schemas of every keyword, and expressions.
#include "runtime/constrain/grammar/Regex.h"
#include "runtime/constrain/schema/JsonSchema.h"
#include "tests/runtime/constrain/Texts.h"

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

namespace weft::constrain {
namespace {

using Json = nlohmann::ordered_json;

/// Random schemas and, for each, random documents; and the check of a document.
class Schemas {
public:
  explicit Schemas(uint32_t seed) : random(seed) {}

  Json schema(int depth) {
    switch (random() % (depth > 0 ? 9 : 6)) {
    case 0:
      return {
          {"type", "integer"}, {"minimum", -int(random() % 50)}, {"maximum", int(random() % 900)}};
    case 1:
      return {{"type", "string"}, {"minLength", random() % 3}, {"maxLength", 3 + random() % 20}};
    case 2:
      return {{"type", "string"}, {"pattern", "^[a-c]{1,3}(-[\"0-9]+)?$"}};
    case 3:
      return {{"enum", {"red", "gr\"een", 3, nullptr}}};
    case 4:
      return {{"type", Json::array({"boolean", "null"})}};
    case 5:
      return {{"type", "number"}};
    case 6: {
      Json array = {{"type", "array"}, {"items", schema(depth - 1)}};
      array["minItems"] = random() % 3;
      array["maxItems"] = 3 + random() % 3;
      return array;
    }
    case 7:
      return {{"anyOf", {schema(depth - 1), schema(depth - 1)}}};
    default: {
      Json object = {
          {"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}};
      for (const char *name : {"a", "b b", "c\\", "d"})
        if (random() % 3) {
          object["properties"][name] = schema(depth - 1);
          if (random() % 2)
            object["required"].push_back(name);
        }
      if (random() % 2)
        object["additionalProperties"] = schema(0);
      return object;
    }
    }
  }

  static bool accepts(const Json &schema, const Json &value) {
    if (schema.contains("anyOf"))
      return accepts(schema["anyOf"][0], value) || accepts(schema["anyOf"][1], value);
    if (schema.contains("enum"))
      return std::ranges::find(schema["enum"], value) != schema["enum"].end();
    const Json &type = schema["type"];
    if (type.is_array())
      return value.is_boolean() || value.is_null();
    if (type == "integer")
      return value.is_number_integer() && value >= schema["minimum"] && value <= schema["maximum"];
    if (type == "number")
      return value.is_number();
    if (type == "string")
      return value.is_string() && acceptsText(schema, value.get<std::string>());
    if (type == "array") {
      if (!value.is_array() || value.size() < schema["minItems"] ||
          value.size() > schema["maxItems"])
        return false;
      return std::ranges::all_of(value, [&](const Json &v) { return accepts(schema["items"], v); });
    }
    if (!value.is_object())
      return false;
    for (const Json &name : schema["required"])
      if (!value.contains(name.get<std::string>()))
        return false;
    for (const auto &[name, member] : value.items()) {
      if (schema["properties"].contains(name)) {
        if (!accepts(schema["properties"][name], member))
          return false;
      } else if (!schema.contains("additionalProperties") ||
                 !accepts(schema["additionalProperties"], member)) {
        return false;
      }
    }
    return true;
  }

  /// A document that the schema accepts, properties in the schema's order.
  Json document(const Json &schema) {
    if (schema.contains("anyOf"))
      return document(schema["anyOf"][random() % 2]);
    if (schema.contains("enum"))
      return schema["enum"][random() % 4];
    const Json &type = schema["type"];
    if (type.is_array())
      return random() % 2 ? Json(nullptr) : Json(random() % 2 == 0);
    if (type == "integer") {
      const int low = schema["minimum"], high = schema["maximum"];
      return low + int(random() % uint32_t(high - low + 1));
    }
    if (type == "number")
      return double(int(random() % 2000) - 1000) / 16;
    if (type == "string") {
      if (schema.contains("pattern"))
        return random() % 2 ? "ab" : "c-\"1";
      std::string text;
      const char *characters[] = {"x", "é", "\"", "\\", "\n", "😀", " ", "\x01"};
      for (size_t n = schema["minLength"].get<size_t>() + random() % 3; n > 0; --n)
        text += characters[random() % 8];
      return text;
    }
    Json made = type == "array" ? Json::array() : Json::object();
    if (type == "array") {
      for (size_t n = schema["minItems"].get<size_t>() + random() % 2; n > 0; --n)
        made.push_back(document(schema["items"]));
      return made;
    }
    for (const auto &[name, member] : schema["properties"].items())
      if (std::ranges::find(schema["required"], Json(name)) != schema["required"].end() ||
          random() % 2)
        made[name] = document(member);
    if (schema.contains("additionalProperties"))
      for (const char *name : {"A", "aa", "é"})
        if (random() % 2)
          made[name] = document(schema["additionalProperties"]);
    return made;
  }

  std::mt19937 random;

private:
  static bool acceptsText(const Json &schema, const std::string &text) {
    if (schema.contains("pattern"))
      return std::regex_match(text, std::regex("[a-c]{1,3}(-[\"0-9]+)?"));
    const auto length =
        size_t(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
    return length >= schema["minLength"] && length <= schema["maxLength"];
  }
};

std::vector<std::string> vocabulary() {
  return bytesAnd({"\",",     "\":",   "\"a\"", "{\"",  "[\"",  "],",   "}}",    "]}",    "\"}",
                   " \"",     ": ",    ", ",    "true", "null", "fal",  "se,",   "red\"", "\"red",
                   "gr\\\"",  "12",    "-1",    "0,",   ".5",   "e+",   "\\u00", "\\n",   "b b",
                   "c\\\\\"", "\",\"", "\n  ",  "é",    "ab",   "-\\\""});
}

TEST(RandomSchemas, WhatTheMasksAllowIsAccepted) {
  Schemas schemas(11);
  const auto tokens = vocabulary();
  size_t ends = 0;
  const char *file = std::getenv("WEFT_DOCUMENTS");
  std::ofstream written(file ? file : "/dev/null");
  for (int i = 0; i < 60 && !testing::Test::HasFailure(); ++i) {
    const Json schema = schemas.schema(3);
    SCOPED_TRACE(schema.dump());
    auto made = forTokens(grammarOfJsonSchema(schema.dump()), tokens);
    ASSERT_TRUE(made);
    for (int n = 0; n < 4; ++n) {
      bool ended = false;
      const std::string text = walk(*made, tokens, schemas.random, 150, ended);
      if (!ended)
        continue;
      ++ends;
      written << Json{{"schema", schema}, {"text", text}}.dump() << "\n";
      const Json value = Json::parse(text, nullptr, false);
      ASSERT_FALSE(value.is_discarded()) << text;
      EXPECT_TRUE(Schemas::accepts(schema, value)) << text;
    }
  }
  EXPECT_GT(ends, 40u);
}

TEST(RandomSchemas, AcceptedDocumentsAreAllowedTokenByToken) {
  Schemas schemas(12);
  const auto tokens = vocabulary();
  std::vector<uint64_t> bits((tokens.size() + 63) / 64);
  for (int i = 0; i < 60 && !testing::Test::HasFailure(); ++i) {
    const Json schema = schemas.schema(3);
    SCOPED_TRACE(schema.dump());
    auto made = forTokens(grammarOfJsonSchema(schema.dump()), tokens);
    ASSERT_TRUE(made);
    for (int n = 0; n < 10; ++n) {
      const Json document = schemas.document(schema);
      ASSERT_TRUE(Schemas::accepts(schema, document));
      const std::string text = document.dump();
      SCOPED_TRACE(text);
      GrammarConstraint constraint(made);
      // Any way of cutting the text into tokens has to be open; one is taken at random.
      for (size_t at = 0; at < text.size();) {
        ASSERT_TRUE(constraint.mask(bits).has_value());
        std::vector<size_t> fitting;
        for (size_t id = 0; id < tokens.size(); ++id)
          if (!tokens[id].empty() && std::string_view(text).substr(at).starts_with(tokens[id])) {
            ASSERT_TRUE(isSet(bits, id)) << "\"" << tokens[id] << "\" at " << at;
            fitting.push_back(id);
          }
        const size_t id = fitting[schemas.random() % fitting.size()];
        ASSERT_TRUE(constraint.accept(int32_t(id)).has_value());
        at += tokens[id].size();
      }
      ASSERT_TRUE(constraint.mask(bits).has_value());
      EXPECT_TRUE(isSet(bits, endId));
    }
  }
}

/// What generators write, and what a keyword may be combined with; two or three random parts of
/// these hold together too.
const char *const written[] = {
    // pydantic
    R"({"type":"object","title":"User","properties":{"name":{"type":"string","maxLength":8192,"minLength":1,"title":"Name"},"email":{"anyOf":[{"type":"string","format":"email"},{"type":"null"}],"default":null},"tags":{"type":"array","items":{"enum":["a","b","c"],"type":"string"},"uniqueItems":true},"age":{"type":"integer","exclusiveMinimum":0,"maximum":9223372036854775807}},"required":["name"],"additionalProperties":false})",
    R"({"$defs":{"Cat":{"properties":{"kind":{"const":"cat","type":"string"},"lives":{"type":"integer","minimum":0,"maximum":9}},"required":["kind"],"type":"object"},"Dog":{"properties":{"kind":{"const":"dog","type":"string"},"good":{"type":"boolean"}},"required":["kind"],"type":"object"}},"discriminator":{"mapping":{"cat":"#/$defs/Cat","dog":"#/$defs/Dog"},"propertyName":"kind"},"oneOf":[{"$ref":"#/$defs/Cat"},{"$ref":"#/$defs/Dog"}]})",
    R"({"$defs":{"Node":{"properties":{"value":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/Node"},{"type":"null"}],"default":null,"description":"more"}},"required":["value"],"type":"object"}},"$ref":"#/$defs/Node"})",
    R"({"type":"array","maxItems":2,"minItems":2,"prefixItems":[{"type":"string","format":"date-time"},{"type":"number","minimum":0.5,"exclusiveMaximum":2.25}]})",
    R"({"type":"string","format":"uuid"})",
    R"({"type":"string","format":"duration"})",
    R"({"type":"string","format":"date"})",
    R"({"type":"string","format":"time"})",
    // zod
    R"({"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"e":{"type":"string","format":"email","pattern":"^(?!\\.)(?!.*\\.\\.)([A-Za-z0-9_'+\\-\\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\\-]*\\.)+[A-Za-z]{2,}$"},"n":{"type":"integer","minimum":-9007199254740991,"maximum":9007199254740991},"u":{"type":"string","format":"uri"}},"required":["e","n"],"additionalProperties":false})",
    R"({"type":"object","propertyNames":{"type":"string","pattern":"^[a-z]{1,4}$"},"additionalProperties":{"type":"number","multipleOf":0.5,"minimum":-3,"maximum":3}})",
    R"({"anyOf":[{"not":{}},{"type":"string","minLength":2,"maxLength":3}]})",
    R"({"type":"array","items":{"type":"integer"},"maxItems":10000})",
    // others
    R"({"type":"object","properties":{"kind":{"enum":["cat","dog"]},"n":{"type":"integer"}},"required":["kind"],"if":{"properties":{"kind":{"const":"cat"}}},"then":{"properties":{"n":{"maximum":3}},"required":["n"]},"else":{"properties":{"n":{"minimum":5}}}})",
    R"({"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},"c":{"type":"null"}},"dependentRequired":{"a":["b"],"b":["c"]},"minProperties":1})",
    R"({"type":"object","patternProperties":{"^a":{"type":"integer","multipleOf":3},"b$":{"type":"integer","minimum":2}},"additionalProperties":false,"minProperties":1})",
    R"({"oneOf":[{"type":"number","minimum":0,"maximum":7},{"type":"integer","minimum":3,"maximum":12},{"type":"string","maxLength":1}]})",
    R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"oneOf":[{"required":["a"]},{"required":["b"]}]})",
    R"({"type":"string","not":{"enum":["a","b","ab"]},"maxLength":2})",
    R"({"type":"integer","not":{"enum":[1,2,3]},"minimum":0,"maximum":12})",
    R"({"type":"number","not":{"minimum":1,"maximum":3},"minimum":0,"maximum":4})",
    R"({"type":"array","items":{"type":"integer","minimum":0,"maximum":20},"contains":{"multipleOf":7},"minContains":2,"maxItems":4})",
    R"({"type":"array","prefixItems":[{"type":"integer"}],"items":{"enum":["a","b"]},"contains":{"const":"a"},"maxContains":1})",
    R"({"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"null"}},"required":["b"]}],"type":"object","unevaluatedProperties":false})",
    R"({"type":"object","properties":{"list":{"type":"array","items":{"$ref":"#","minProperties":1}},"x":{"type":"boolean"}},"additionalProperties":false})",
    R"({"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"},"c":{"type":"integer"}},"minProperties":2,"maxProperties":2})",
    R"({"type":"object","dependentSchemas":{"a":{"properties":{"b":{"type":"integer","maximum":4}},"required":["b"]}},"properties":{"a":{"type":"null"},"b":{"type":"number"}}})",
    R"({"type":"string","pattern":"^[a-zé😀\"\\\\]*$","minLength":2,"maxLength":5})",
    R"({"type":"string","allOf":[{"pattern":"a"},{"pattern":"\\d$"},{"maxLength":6}]})",
    R"({"enum":["a",1,2.5,null,[1],{"a":1}],"not":{"type":"string"}})",
    R"({"const":{"a":[1,"x"]}})",
    R"({"type":"number","minimum":0.5,"maximum":1})",
    R"({"type":"number","exclusiveMinimum":-0.125,"exclusiveMaximum":0.0625})",
    R"({"type":"number","exclusiveMaximum":10,"minimum":9})",
    R"({"type":"integer","minimum":9223372036854775800,"maximum":9223372036854775807})",
    R"({"type":["integer","null"],"multipleOf":4,"minimum":-9,"maximum":100})",
    R"({"type":"string","pattern":"^(\uD83D\uDE00|[\uD83D\uDE01-\uD83D\uDE05]){1,3}$"})",
    R"({"anyOf":[false,{"type":"boolean"},{"type":"array","items":false}]})",
    R"({"type":"object","properties":{"a":false,"b":{"type":"null"}}})",
};
const char *const parts[] = {
    R"({"type":"integer"})",
    R"({"minimum":-2.5})",
    R"({"maximum":40})",
    R"({"multipleOf":3})",
    R"({"not":{"const":6}})",
    R"({"type":["string","integer"]})",
    R"({"minLength":1})",
    R"({"maxLength":4})",
    R"({"pattern":"^[ab"]*$"})",
    R"({"not":{"pattern":"aa"}})",
    R"({"enum":["a","ab",3,9,null]})",
    R"({"anyOf":[{"minimum":10},{"maxLength":2}]})",
    R"({"oneOf":[{"type":"integer"},{"type":"string"},{"const":3}]})",
    R"({"type":"object","properties":{"a":{"type":"integer"}}})",
    R"({"type":"object","required":["a"]})",
    R"({"type":"object","properties":{"b":{"maximum":5,"type":"number"}},"maxProperties":1})",
    R"({"type":"object","additionalProperties":{"type":"integer"}})",
    R"({"type":"object","patternProperties":{"^[ab]$":{"minimum":1}}})",
    R"({"type":"array","items":{"type":"integer"}})",
    R"({"type":"array","minItems":1,"maxItems":3})",
    R"({"type":"array","contains":{"minimum":5}})",
    R"({"if":{"type":"integer"},"then":{"minimum":5},"else":{"maxLength":3}})"};

TEST(RandomSchemas, WhatTheMasksAllowOfEveryKeyword) {
  std::mt19937 random(17);
  auto tokens = vocabulary();
  for (const char *token :
       {"kind", "cat", "dog", "name", "value", "next", "list", "😀", "\"b\":", "\"c\":"})
    tokens.push_back(token);
  const char *file = std::getenv("WEFT_DOCUMENTS");
  std::ofstream out(file ? file : "/dev/null", std::ios::app);
  size_t ends = 0, made = 0;
  auto writeDocuments = [&](const std::string &schema, bool mustHave) {
    SCOPED_TRACE(schema);
    auto grammar = grammarOfJsonSchema(schema, WhiteSpace::Compact);
    if (!grammar && !mustHave)
      return; // no value at all, or a keyword that such a combination cannot hold
    auto compiled = forTokens(grammar, tokens);
    ASSERT_TRUE(compiled);
    ++made;
    for (int n = 0; n < 12; ++n) {
      bool ended = false;
      const std::string text = walk(*compiled, tokens, random, 80, ended);
      if (!ended)
        continue;
      ++ends;
      EXPECT_FALSE(Json::parse(text, nullptr, false).is_discarded()) << text;
      out << Json{{"schema", Json::parse(schema)}, {"text", text}}.dump() << "\n";
    }
  };
  for (const char *schema : written)
    writeDocuments(schema, true);
  for (int i = 0; i < 120 && !testing::Test::HasFatalFailure(); ++i) {
    std::string schema = "{\"allOf\":[";
    const size_t count = 2 + random() % 2;
    for (size_t n = 0; n < count; ++n)
      schema += std::string(n ? "," : "") + parts[random() % std::size(parts)];
    writeDocuments(schema + "]}", false);
  }
  EXPECT_GT(made, 100u);
  EXPECT_GT(ends, 500u);
}

TEST(RandomSchemas, WhatTheMasksAllowOfExpressions) {
  std::mt19937 random(18);
  const auto tokens = vocabulary();
  const char *file = std::getenv("WEFT_DOCUMENTS");
  std::ofstream out(file ? file : "/dev/null", std::ios::app);
  size_t ends = 0;
  for (const char *expression :
       {"(a|b)*abb", "[^\\d\\s]{1,4}", "(?!ab)[ab]{2,4}", "\\uD83D\\uDE00|[é-ê]+", "[a-z]{0,9000}!",
        "(?=.*\\d)[a-e\\d]{3,5}", "(?:x|yz|)+\\.?", "[\\w-]+(, [\\w-]+){0,3}", "(\\W|\\x41){2}",
        "\\S{2}\\D"})
    for (int n = 0; n < 20; ++n) {
      auto made = forTokens(grammarOfRegex(expression), tokens);
      ASSERT_TRUE(made);
      bool ended = false;
      const std::string text = walk(*made, tokens, random, 60, ended);
      ends += ended;
      if (ended)
        out << Json{{"regex", expression}, {"text", text}}.dump() << "\n";
    }
  EXPECT_GT(ends, 60u);
}

} // namespace
} // namespace weft::constrain
