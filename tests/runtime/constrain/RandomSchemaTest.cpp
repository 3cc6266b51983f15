// Random schemas: what their masks allow a checker of its own accepts, and random documents
// that the checker accepts the grammar has, token by token. Finished texts are written with their
// schemas, a line each, to the file that WEFT_DOCUMENTS names (see check-with-ajv.sh).
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
      return {{"type", "integer"}, {"minimum", -int(random() % 50)}, {"maximum", int(random() % 900)}};
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
      Json object = {{"type", "object"}, {"properties", Json::object()}, {"required", Json::array()}};
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
      if (!value.is_array() || value.size() < schema["minItems"] || value.size() > schema["maxItems"])
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
    const auto length = size_t(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
    return length >= schema["minLength"] && length <= schema["maxLength"];
  }
};

std::vector<std::string> vocabulary() {
  return bytesAnd({"\",", "\":", "\"a\"", "{\"", "[\"", "],", "}}", "]}", "\"}", " \"", ": ", ", ",
                   "true", "null", "fal", "se,", "red\"", "\"red", "gr\\\"", "12", "-1", "0,", ".5",
                   "e+", "\\u00", "\\n", "b b", "c\\\\\"", "\",\"", "\n  ", "é", "ab", "-\\\""});
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

} // namespace
} // namespace weft::constrain
