#include "runtime/constrain/schema/JsonSchema.h"
#include "tests/runtime/constrain/Texts.h"

namespace weft::constrain {
namespace {

struct Documents {
  const char *schema;
  std::vector<const char *> accepted, rejected;
};

void check(const Documents &documents) {
  SCOPED_TRACE(documents.schema);
  const GrammarAutomaton automaton = compiled(grammarOfJsonSchema(documents.schema));
  for (const char *text : documents.accepted)
    EXPECT_TRUE(accepts(automaton, text)) << text;
  for (const char *text : documents.rejected)
    EXPECT_FALSE(accepts(automaton, text)) << text;
}

TEST(JsonSchema, AnyValue) {
  check({"{}",
         {"null", "true", "-12.5e+3", R"("a\n\u00e9\ud83d\ude00é")", "[1, {\"a\":[]}]",
          "{\n  \"a\": {\"b\":null},\n  \"c\": 0\n}"},
         {"", "01", "1.", "nul", R"("\x")", R"("\ud83d")", "[1,]", "{a:1}", "{\"a\" :1}", " 1",
          "\"\n\"", "[1 2]"}});
}

TEST(JsonSchema, Types) {
  check({R"({"type": "integer"})", {"0", "-12", "123456789012345678"}, {"-0", "1.0", "1e3", "\"1\""}});
  check({R"({"type": ["string", "null"]})", {"null", "\"\""}, {"1", "true"}});
  check({R"({"type": "boolean"})", {"true", "false"}, {"null", "True"}});
  check({R"({"type": "number"})", {"1", "-1.5", "2E-7"}, {"1e", "+1", "Infinity", "NaN"}});
}

TEST(JsonSchema, Objects) {
  check({R"({"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"},
             "c": true}, "required": ["b"]})",
         {R"({"b":null})", R"({"a": 1, "b": null, "c": [2]})", R"({"b":null,"c":"x"})",
          "{\n\t\"a\": 1,\n\t\"b\": null\n}"},
         {"{}", R"({"a":1})", R"({"b":null,"a":1})", R"({"b":null,"d":1})", R"({,"b":null})",
          R"({"b":null,})"}});
  check({R"({"properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}})",
         {"{}", R"({"a":1})", R"({"c":3})", R"({"a":1,"c":3})", R"({"b":2,"c":3})",
          R"({"a":1,"b":2,"c":3})"},
         {R"({"c":3,"a":1})", R"({"a":1,"a":1})", R"({"a":2})"}});
  check({R"({"type": "object", "properties": {"ab": {"type": "null"}, "é": {"type": "null"}},
             "additionalProperties": {"type": "integer"}})",
         {"{}", R"({"ab":null,"a":1,"abc":2,"":3})", R"({"x":1})", R"({"é":null,"è":5})"},
         {R"({"ab":1})", R"({"x":null})", R"({"x":1,"ab":null})", R"({"é":1})", R"({"\u0061b":1})"}});
  check({R"({"type": "object", "additionalProperties": {"type": "null"}, "minProperties": 1,
             "maxProperties": 2})",
         {R"({"a":null})", R"({"a":null, "b":null})"},
         {"{}", R"({"a":null,"b":null,"c":null})"}});
  check({R"({"type": "object", "required": ["z"], "additionalProperties": {"type": "integer"}})",
         {R"({"z":1})", R"({"z":1,"y":2})"},
         {"{}", R"({"y":2})"}});
}

TEST(JsonSchema, Arrays) {
  check({R"({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3})",
         {"[1,2]", "[1, 2, 3]"},
         {"[]", "[1]", "[1,2,3,4]", "[1,\"2\"]"}});
  check({R"({"type": "array", "prefixItems": [{"const": 1}, {"const": "b"}], "items": false})",
         {"[]", "[1]", "[1,\"b\"]"},
         {"[\"b\"]", "[1,\"b\",3]"}});
  check({R"({"items": [{"const": 1}], "additionalItems": {"type": "null"}, "minItems": 2})",
         {"[1,null]", "[1,null,null]"},
         {"[1]", "[null,null]", "[1,2]"}});
  check({R"({"type": "array", "maxItems": 0})", {"[]"}, {"[1]"}});
  check({R"({"type": "array", "minItems": 1})", {"[1]", "[[],{}]"}, {"[]"}});
}

TEST(JsonSchema, Strings) {
  check({R"({"type": "string", "minLength": 1, "maxLength": 2})",
         {"\"a\"", "\"é😀\"", R"("\ud83d\ude00\n")"},
         {"\"\"", "\"abc\""}});
  check({R"({"type": "string", "pattern": "^[A-Z\"\\\\\\n]{2}$"})",
         {"\"AB\"", R"("\"\\")", R"("\nA")"},
         {"\"ab\"", "\"ABC\"", R"(""A")"}});
  check({R"({"type": "string", "pattern": "b|^c"})", {"\"abc\"", "\"b\"", "\"cd\""}, {"\"ac\""}});
  check({R"({"enum": ["a\"b", 1, null, [1, {"x": true}]]})",
         {R"("a\"b")", "1", "null", "[1, {\"x\": true}]"},
         {"\"ab\"", "2", "[1]"}});
  check({R"({"enum": [1, "1", 2.5], "type": "string"})", {"\"1\""}, {"1", "2.5"}});
  check({R"({"format": "date-time"})",
         {"\"2024-02-28T23:59:59Z\"", "\"2024-12-31T00:00:00.123+02:00\""},
         {"\"2024-02-30T00:00:00Z\"", "\"2024-04-31T00:00:00Z\"", "\"2024-01-01 00:00:00Z\""}});
  check({R"({"format": "uuid"})", {"\"123e4567-e89b-12d3-a456-426614174000\""}, {"\"123e\""}});
  check({R"({"format": "ipv4"})", {"\"255.0.19.1\""}, {"\"256.0.0.1\"", "\"1.2.3\""}});
  check({R"({"format": "email"})", {"\"a.b@c-d.org\""}, {"\"a@b\"", "\"@b.org\""}});
}

TEST(JsonSchema, IntegerRangesAreExact) {
  std::mt19937 random(5);
  for (int i = 0; i < 40; ++i) {
    int low = int(random() % 3000) - 1500, high = int(random() % 3000) - 1500;
    if (i % 4 == 0)
      low /= 100, high /= 100;
    if (low > high)
      std::swap(low, high);
    const GrammarAutomaton automaton = compiled(grammarOfJsonSchema(
        R"({"type": "integer", "minimum": )" + std::to_string(low) + R"(, "maximum": )" +
        std::to_string(high) + "}"));
    for (int value = -1600; value <= 1600; ++value)
      ASSERT_EQ(accepts(automaton, std::to_string(value)), low <= value && value <= high)
          << value << " in " << low << " to " << high;
    EXPECT_FALSE(accepts(automaton, "007"));
  }
  check({R"({"type": "integer", "exclusiveMinimum": 1.5, "maximum": 1e2})", {"2", "100"}, {"1", "101"}});
}

TEST(JsonSchema, RangesWithOneBound) {
  check({R"({"type": "integer", "maximum": 9})",
         {"9", "0", "-1", "-123456789012345678"}, {"10", "123456789012345678", "-0"}});
  check({R"({"type": "integer", "minimum": 18273})",
         {"18273", "20000", "123456789012345678"}, {"18272", "9999", "-1"}});
  check({R"({"type": "number", "minimum": 0.0})", {"0", "0.5", "98765432109876.5"}, {"-0.1", "-3"}});
  check({R"({"type": "number", "exclusiveMaximum": -40})", {"-40.01", "-1000000"}, {"-40", "0", "-4"}});
}

TEST(JsonSchema, NumberRanges) {
  check({R"({"type": "number", "minimum": -1, "exclusiveMaximum": 10})",
         {"-1", "-0.5", "0", "9.999", "3", "-1.0"},
         {"-1.1", "10", "10.0", "-2", "11"}});
  check({R"({"type": "number", "exclusiveMinimum": 0, "maximum": 1})",
         {"0.001", "1", "1.00"},
         {"0", "0.0", "-1", "1.01"}});
}

TEST(JsonSchema, Combinations) {
  check({R"({"anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]})",
         {"1", "\"a\""},
         {"\"ab\"", "null"}});
  check({R"({"type": "object", "properties": {"k": {"type": "integer"}},
             "oneOf": [{"required": ["k"]}, {"properties": {"m": {"type": "null"}}}]})",
         {R"({"k":1})", R"({"m":null})", R"({"k":2,"m":null})"},
         {R"({"m":1})", R"({"k":null})"}});
  check({R"({"allOf": [{"type": "object", "properties": {"a": {"minimum": 1}}, "required": ["a"]},
             {"properties": {"a": {"type": "integer", "maximum": 3}, "b": {"type": "null"}}}]})",
         {R"({"a":1})", R"({"a":3,"b":null})"},
         {R"({"a":0})", R"({"a":4})", R"({"b":null})"}});
  check({R"({"allOf": [{"type": "integer"}, {"enum": [1, "x", 3]}]})", {"1", "3"}, {"\"x\"", "2"}});
}

TEST(JsonSchema, References) {
  check({R"({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object",
             "properties": {"v": {"type": "integer"},
                            "kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}},
             "required": ["v"], "additionalProperties": false}}})",
         {R"({"v":1})", R"({"v":1,"kids":[{"v":2,"kids":[]},{"v":3}]})"},
         {R"({"kids":[]})", R"({"v":1,"kids":[1]})"}});
  check({R"({"definitions": {"a/b": {"const": 1}}, "$ref": "#/definitions/a~1b"})", {"1"}, {"2"}});
  check({R"({"type": "array", "items": {"allOf": [{"$ref": "#"}], "description": "again"}})",
         {"[]", "[[[]],[]]"},
         {"[1]"}});
}

TEST(JsonSchema, CompactHasNoWhiteSpace) {
  const GrammarAutomaton automaton = compiled(
      grammarOfJsonSchema(R"({"type": "array", "items": {}})", WhiteSpace::Compact));
  EXPECT_TRUE(accepts(automaton, R"([1,{"a":[],"b":2}])"));
  EXPECT_FALSE(accepts(automaton, "[1, 2]"));
}

TEST(JsonSchema, ErrorsNameThePlace) {
  auto error = [](const std::string &schema) { return errorOf(grammarOfJsonSchema(schema)); };
  EXPECT_EQ(error(R"({"properties": {"a/b": {"not": {}}}})"),
            "JSON Schema, #/properties/a~1b/not: the keyword \"not\" is not supported");
  EXPECT_EQ(error("{\n?").find("JSON Schema: not valid JSON at line 2, column 1: "), 0u);
  EXPECT_NE(error("3").find("expected a schema"), std::string::npos);
  EXPECT_NE(error("false").find("no value at all"), std::string::npos);
  EXPECT_NE(error(R"({"type": "float"})").find("#/type: expected null"), std::string::npos);
  EXPECT_NE(error(R"({"$ref": "#/nowhere"})").find("nothing is at"), std::string::npos);
  EXPECT_NE(error(R"({"$ref": "other.json"})").find("within the document"), std::string::npos);
  EXPECT_NE(error(R"({"type": "string", "format": "colour"})").find("supported are date"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "string", "pattern": "(a"})").find("#/pattern: regular expression"),
            std::string::npos);
  EXPECT_NE(error(R"({"minLength": -1})").find("whole number"), std::string::npos);
  EXPECT_NE(error(R"({"maxLength": 1000000})").find("at most 10000"), std::string::npos);
  EXPECT_NE(error(R"({"type": "integer", "minimum": 3, "maximum": 2})").find("no number"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "array", "uniqueItems": true})").find("\"uniqueItems\""),
            std::string::npos);
  EXPECT_NE(error(R"({"allOf": [{"type": "string"}, {"type": "null"}]})").find("exclude"),
            std::string::npos);
  EXPECT_NE(error(R"({"required": ["a"], "properties": {"a": false}})").find("not allowed"),
            std::string::npos);
  EXPECT_NE(error(R"({"anyOf": []})").find("at least one"), std::string::npos);
  EXPECT_NE(error(R"({"enum": []})").find("no value"), std::string::npos);
}

TEST(JsonSchema, HostileOnesEndSoon) {
  auto error = [](const std::string &schema) {
    auto grammar = grammarOfJsonSchema(schema);
    return grammar ? errorOf(compile(*grammar)) : errorOf(grammar);
  };
  EXPECT_NE(error(R"({"$ref": "#"})").find("no text that ends"), std::string::npos);
  EXPECT_NE(error(R"({"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]})")
                .find("no text that ends"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "object", "allOf": [{"$ref": "#"}]})").find("without end"),
            std::string::npos);
  EXPECT_NE(error(R"({"type": "array", "items": {"minItems": 0, "allOf": [{"$ref": "#"}]}})")
                .find("nested deeper"),
            std::string::npos);
  std::string deep;
  for (int i = 0; i < 400; ++i)
    deep += R"({"items":)";
  EXPECT_NE(error(deep + "{}" + std::string(400, '}')).find("nested deeper"), std::string::npos);
  EXPECT_FALSE(error(std::string(100000, '[')).empty());
  std::string product = R"({"allOf": [)";
  for (int i = 0; i < 30; ++i)
    product += std::string(i ? "," : "") + R"({"anyOf": [{"minimum": 1}, {"maximum": 2}]})";
  EXPECT_FALSE(error(product + "]}").empty());
  EXPECT_NE(error(R"({"type": "array", "items": {"type": "array", "items": {"type": "string",
    "minLength": 9000, "maxLength": 10000}, "minItems": 9000}, "minItems": 9000})")
                .find("states"),
            std::string::npos);
}

} // namespace
} // namespace weft::constrain
